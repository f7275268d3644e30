import type { Grammar } from '../../shared/text/grammar.js'
export const texts = ({ plural }: Grammar) => ({
  title: 'Your account',
  display: {
    title: 'Clock and week',
    where: 'In this browser, for all pages. It is saved as soon as you choose.',
    clock: 'Clock',
    usual: ({ value }: { value: string }) => `As the browser has it (${value})`,
    hours: ({ count, sample }: { count: number; sample: string }) =>
      plural(count, { one: `# hour (${sample})`, other: `# hours (${sample})` }),
    weeks: 'Weeks begin on',
    looks: ({ time }: { time: string }) => `Times look like this: ${time}`,
  },
})

export type AccountTexts = ReturnType<typeof texts>
