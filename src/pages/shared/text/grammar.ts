/** What texts need to speak of numbers: the forms of the plural and the figures of the reader's locale. */
export interface Grammar {
  /** The form for that count, with `#` as the count. A language has up to six (Arabic); `other` is the one that all have. */
  plural(count: number, forms: PluralForms): string
  number(value: number): string
}

export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

export function grammarOf(locale: string): Grammar {
  const rules = new Intl.PluralRules(locale)
  const numbers = new Intl.NumberFormat(locale)
  return {
    plural: (count, forms) =>
      (forms[rules.select(count)] ?? forms.other).replaceAll('#', numbers.format(count)),
    number: (value) => numbers.format(value),
  }
}
