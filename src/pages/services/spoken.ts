import { computed } from '@preact/signals'
import { words } from '../shared/locale.js'
import { serviceWords } from './in-words.js'
import { text } from './text.js'

/** Services in the words of the reader's language. */
export const spoken = computed(() => serviceWords(text.value, words.value))
