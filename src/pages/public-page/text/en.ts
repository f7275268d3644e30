/** The page on which a provider says who it is. */

export const texts = () => ({
  title: 'Public page',
  heading: 'Your public page',
  intro: 'Everything here is shown to anybody who opens your page or finds you by name.',
  fields: {
    title: 'What you do',
    place: 'Place',
    address: 'Address',
    phone: 'Telephone',
    text: 'About you',
    link: 'Link',
  },
  hints: {
    title: 'For example: Paediatrician',
    place: 'Shown instead of the city of your time zone',
    text: 'Languages, how to find you, what to bring',
  },
  picture: {
    title: 'Picture',
    hint: 'Choose a file or drop it here. It is made smaller, and shown at once.',
    working: 'Working …',
    choose: 'Choose a picture',
    another: 'Choose another',
    remove: 'Remove it',
    isShown: 'Your picture is on your page.',
    isGone: 'Your picture is gone from your page.',
  },
  saving: 'Saving …',
  save: 'Save',
  notSaved: 'Not saved yet',
  saved: 'Saved. Your page shows it now.',
  allSaved: 'All is saved',
  link: {
    title: 'Link to your page',
    copy: 'Copy',
    open: 'Open',
    letters: 'Letters a to z, digits and hyphens.',
    former: ({ links }: { links: string }) => `Earlier links go on working: ${links}.`,
    goesOn: 'When you change it, the old link goes on working.',
    taken: 'Somebody else has this link, or it is kept free. Choose another one.',
  },
  clash: {
    title: 'Your page was changed somewhere else in the meantime.',
    merged: 'The other changes are shown here now, and what you wrote is kept. Save once more.',
    both: ({ fields }: { fields: string }) =>
      `What you wrote is kept. Also changed there: ${fields}. Save once more to replace it, or take what was saved there.`,
    again: 'Save once more',
    take: 'Take what was saved there',
  },
  preview: {
    title: 'As clients see it',
    head: 'At the head of your page',
    list: 'In the list of providers',
  },
})

export type PublicPageTexts = ReturnType<typeof texts>
