/** Control characters, line breaks, lone surrogates, and marks that change the direction of the text around a name. */
export const MISLEADING = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
