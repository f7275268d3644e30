import type { Grammar } from '../grammar.js'
import type { Errors } from './en.js'

export const errors = ({ number }: Grammar): Errors => ({
  offline: {
    text: 'Le serveur est injoignable.',
    next: 'Vérifiez votre connexion ; votre choix est conservé et vous pouvez réessayer.',
  },
  invalid_request: {
    text: 'Une information du formulaire n’est pas correcte.',
    next: 'Vérifiez les champs signalés, puis renvoyez le formulaire.',
  },
  unauthenticated: { text: 'Votre session a pris fin.', next: 'Connectez-vous, puis réessayez.' },
  wrong_password: {
    text: 'L’adresse e-mail ou le mot de passe est incorrect.',
    next: 'Vérifiez les deux ; les majuscules comptent dans le mot de passe.',
  },
  forbidden: {
    text: 'Votre compte ne permet pas cela.',
    next: 'Utilisez un compte de l’autre type : les clients réservent, les prestataires publient.',
  },
  not_found: {
    text: 'Cela n’existe pas ou n’existe plus.',
    next: 'Revenez à l’agenda et faites-y votre choix.',
  },
  method_not_allowed: {
    text: 'Le serveur ne propose pas cela ici.',
    next: 'Rechargez la page, puis réessayez.',
  },
  not_acceptable: {
    text: 'Le serveur et cette page ne se comprennent pas.',
    next: 'Rechargez la page, puis réessayez.',
  },
  slot_held: {
    text: 'Quelqu’un a été plus rapide et retient ce créneau.',
    next: 'Il se libérera peut-être ; sinon, prenez l’un des créneaux libres les plus proches.',
  },
  slot_confirmed: {
    text: 'Quelqu’un a réservé ce créneau.',
    next: 'Prenez l’un des créneaux libres les plus proches.',
  },
  slot_withdrawn: {
    text: 'Ce créneau n’est plus proposé.',
    next: 'Prenez l’un des créneaux libres les plus proches.',
  },
  client_busy: {
    text: 'Vous avez déjà un rendez-vous à cette heure.',
    next: 'Retrouvez-le sous « Mes rendez-vous » ; libérez-le si vous préférez celui-ci.',
  },
  hold_limit: {
    text: 'Vous retenez déjà autant de créneaux que possible à la fois.',
    next: 'Confirmez-en ou libérez-en un, puis choisissez de nouveau.',
  },
  booking_limit: {
    text: 'Vous avez déjà autant de rendez-vous à venir que possible chez ce prestataire.',
    next: 'Revenez quand l’un d’eux sera passé, ou annulez-en un.',
  },
  wait_limit: {
    text: 'Vous êtes déjà sur autant de listes d’attente que possible.',
    next: 'Quittez-en une d’abord.',
  },
  waiting_list_full: {
    text: 'Cette liste d’attente est pleine.',
    next: 'Revenez plus tard, ou choisissez un autre prestataire.',
  },
  mail_unavailable: {
    text: "Ce serveur n'envoie pas de messages.",
    next: 'Créez plutôt un compte, ou demandez au prestataire.',
  },
  link_taken: { text: 'Ce lien est déjà pris.', next: 'Choisissez-en un autre.' },
  email_taken: {
    text: 'Un compte existe déjà avec cette adresse e-mail.',
    next: 'Connectez-vous plutôt avec celui-ci.',
  },
  hold_expired: {
    text: 'Votre réservation provisoire a expiré.',
    next: 'Si le créneau est encore libre, retenez-le de nouveau.',
  },
  hold_released: {
    text: 'Cette réservation a été libérée, ou le prestataire y a mis fin.',
    next: 'Choisissez de nouveau un créneau.',
  },
  precondition_failed: {
    text: 'Cela a été modifié ailleurs entre-temps.',
    next: 'Regardez-le de nouveau, puis refaites votre modification.',
  },
  precondition_required: {
    text: 'Le serveur et cette page ne se comprennent pas.',
    next: 'Rechargez la page, puis réessayez.',
  },
  too_large: {
    text: 'C’était plus que ce que le serveur accepte en une fois.',
    next: 'Envoyez-en moins à la fois.',
  },
  uri_too_long: { text: 'Cette adresse est trop longue.', next: 'Revenez à la page d’accueil.' },
  unsupported_media_type: {
    text: 'Le serveur et cette page ne se comprennent pas.',
    next: 'Rechargez la page, puis réessayez.',
  },
  min_notice: {
    text: 'Ce créneau commence trop tôt pour être encore réservé.',
    next: 'Choisissez un créneau plus tardif.',
  },
  max_ahead: {
    text: 'Ce créneau est trop éloigné pour être déjà réservé.',
    next: 'Choisissez un créneau plus proche.',
  },
  cutoff: {
    text: 'Il est trop tard pour modifier cela vous-même.',
    next: 'Demandez au prestataire de le faire pour vous.',
  },
  extension_limit: {
    text: 'Cette réservation provisoire ne peut pas durer plus longtemps.',
    next: 'Confirmez-la tant qu’elle dure, ou retenez un créneau plus tard.',
  },
  not_begun: {
    text: 'Ce rendez-vous n’a pas commencé.',
    next: 'Notez-le à partir de son début.',
  },
  does_not_fit: {
    text: 'Le rendez-vous n’y tient pas.',
    next: 'Choisissez une autre heure ; seules celles qui conviennent sont affichées.',
  },
  too_many_exceptions: {
    text: `C’est plus que les ${number(200)} jours ou périodes qui peuvent différer des horaires hebdomadaires.`,
    next: 'Supprimez ceux qui sont passés.',
  },
  too_many_webhooks: {
    text: `Cela dépasse les ${number(20)} webhooks qu’un prestataire peut avoir.`,
    next: 'Supprimez-en un dont vous n’avez plus besoin.',
  },
  url_refused: {
    text: 'Rien n’est envoyé à cette adresse.',
    next: 'Elle doit commencer par https:// et être joignable depuis Internet.',
  },
  too_many_keys: {
    text: `C’est plus que les ${number(20)} clés d’API qu’un compte peut avoir.`,
    next: 'Révoquez-en une qui ne sert plus.',
  },
  too_many_feeds: {
    text: `C’est plus que les ${number(10)} flux d’agenda qu’un compte peut avoir.`,
    next: 'Révoquez-en un qui ne sert plus.',
  },
  too_many_services: {
    text: `C’est plus que les ${number(50)} prestations qu’un prestataire peut avoir.`,
    next: 'Supprimez-en une dont vous n’avez plus besoin.',
  },
  invalid_picture: {
    text: 'Ce fichier n’est pas une image affichable.',
    next: 'Choisissez une image fixe au format PNG, JPEG ou WebP.',
  },
  off_grid: {
    text: 'Les créneaux commencent et finissent au quart d’heure.',
    next: 'Choisissez :00, :15, :30 ou :45.',
  },
  invalid_local_time: {
    text: 'L’heure change cette nuit-là : cette heure n’existe pas, ou existe deux fois.',
    next: 'Choisissez une autre heure ce jour-là.',
  },
  in_the_past: { text: 'Ce créneau est passé.', next: 'Choisissez un créneau à venir.' },
  too_many_slots: {
    text: `C’est plus de ${number(3000)} créneaux à la fois, ou plus que ce qu’un agenda peut contenir.`,
    next: 'Publiez moins de semaines à la fois, ou moins loin à l’avance.',
  },
  window_too_long: {
    text: `Cette période dépasse ${number(62)} jours.`,
    next: 'Choisissez-en une plus courte.',
  },
  service_inactive: {
    text: 'Cette prestation n’est plus proposée.',
    next: 'Choisissez une autre prestation.',
  },
  idempotency_key_reused: {
    text: 'Cette demande a été confondue avec une autre.',
    next: 'Choisissez de nouveau le créneau.',
  },
  rate_limited: {
    text: 'Cela fait beaucoup de demandes à la fois.',
    next: 'Patientez un peu, puis réessayez.',
  },
  unavailable: {
    text: 'Ce n’est pas possible pour le moment.',
    next: 'Rien n’est perdu ; réessayez dans quelques secondes.',
  },
  internal: {
    text: 'Une erreur s’est produite de notre côté.',
    next: 'Réessayez ; si l’erreur persiste, prévenez le prestataire.',
  },
})
