import type { PublicPageTexts } from './en.js'

export const texts = (): PublicPageTexts => ({
  title: 'Page publique',
  heading: 'Votre page publique',
  intro: 'Tout ce qui est ici est visible par quiconque ouvre votre page ou vous trouve par votre nom.',
  fields: {
    title: 'Ce que vous faites',
    place: 'Lieu',
    address: 'Adresse',
    phone: 'Téléphone',
    text: 'À propos de vous',
    link: 'Lien',
  },
  hints: {
    title: 'Par exemple : pédiatre',
    place: 'Affiché à la place de la ville de votre fuseau horaire',
    text: 'Langues, accès, ce qu’il faut apporter',
  },
  picture: {
    title: 'Image',
    hint: 'Choisissez un fichier ou déposez-le ici. Il est réduit et affiché aussitôt.',
    working: 'En cours…',
    choose: 'Choisir une image',
    another: 'En choisir une autre',
    remove: 'La retirer',
    isShown: 'Votre image est sur votre page.',
    isGone: 'Votre image n’est plus sur votre page.',
  },
  saving: 'Enregistrement…',
  save: 'Enregistrer',
  notSaved: 'Pas encore enregistré',
  saved: 'Enregistré. Votre page l’affiche maintenant.',
  allSaved: 'Tout est enregistré',
  link: {
    title: 'Lien vers votre page',
    copy: 'Copier',
    open: 'Ouvrir',
    letters: 'Lettres de a à z, chiffres et tirets.',
    former: ({ links }) => `Les anciens liens restent valables : ${links}.`,
    goesOn: 'Si vous le changez, l’ancien lien reste valable.',
    taken: 'Ce lien est déjà pris, ou il est gardé libre. Choisissez-en un autre.',
  },
  clash: {
    title: 'Votre page a été modifiée ailleurs entre-temps.',
    merged:
      'Les autres modifications sont maintenant affichées ici, et ce que vous avez écrit est conservé. Enregistrez encore une fois.',
    both: ({ fields }) =>
      `Ce que vous avez écrit est conservé. Aussi modifié là-bas : ${fields}. Enregistrez encore une fois pour le remplacer, ou reprenez ce qui y a été enregistré.`,
    again: 'Enregistrer encore une fois',
    take: 'Reprendre ce qui y a été enregistré',
  },
  preview: {
    title: 'Ce que voient les clients',
    head: 'En haut de votre page',
    list: 'Dans la liste des prestataires',
  },
})
