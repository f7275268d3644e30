import type { PublicPageTexts } from './en.js'

export const texts = (): PublicPageTexts => ({
  title: 'Página pública',
  heading: 'Su página pública',
  intro: 'Todo lo que hay aquí lo ve cualquiera que abra su página o le encuentre por su nombre.',
  fields: {
    title: 'A qué se dedica',
    place: 'Lugar',
    address: 'Dirección',
    phone: 'Teléfono',
    text: 'Sobre usted',
    link: 'Enlace',
  },
  hints: {
    title: 'Por ejemplo: pediatra',
    place: 'Se muestra en lugar de la ciudad de su zona horaria',
    text: 'Idiomas, cómo llegar, qué traer',
  },
  picture: {
    title: 'Imagen',
    hint: 'Elija un archivo o suéltelo aquí. Se reduce y se muestra enseguida.',
    working: 'Procesando…',
    choose: 'Elegir una imagen',
    another: 'Elegir otra',
    remove: 'Quitarla',
    isShown: 'Su imagen está en su página.',
    isGone: 'Su imagen ya no está en su página.',
  },
  saving: 'Guardando…',
  save: 'Guardar',
  notSaved: 'Aún sin guardar',
  saved: 'Guardado. Su página ya lo muestra.',
  allSaved: 'Todo está guardado',
  link: {
    title: 'Enlace a su página',
    copy: 'Copiar',
    open: 'Abrir',
    letters: 'Letras de la a a la z, cifras y guiones.',
    former: ({ links }) => `Los enlaces anteriores siguen funcionando: ${links}.`,
    goesOn: 'Si lo cambia, el enlace anterior sigue funcionando.',
    taken: 'Otra persona tiene este enlace, o se mantiene libre. Elija otro.',
  },
  clash: {
    title: 'Mientras tanto, su página se cambió en otro lugar.',
    merged: 'Los otros cambios se muestran ahora aquí, y lo que usted escribió se conserva. Guarde otra vez.',
    both: ({ fields }) =>
      `Lo que usted escribió se conserva. También se cambió allí: ${fields}. Guarde otra vez para sustituirlo, o tome lo que se guardó allí.`,
    again: 'Guardar otra vez',
    take: 'Tomar lo guardado allí',
  },
  preview: {
    title: 'Como lo ven los clientes',
    head: 'En la cabecera de su página',
    list: 'En la lista de profesionales',
  },
})
