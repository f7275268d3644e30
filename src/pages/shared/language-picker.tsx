/** At the foot of each page: its languages, each called by its own name, for those who read no other. */
import { type Language, languages } from '../../domain/languages.js'
import { sayAtOnce } from './announce.jsx'
import { sentenceFor } from './error-messages.js'
import { Icon } from './icons.jsx'
import { language, pickLanguage } from './language.js'
import { common } from './text.js'

export const languageNames: Record<Language, string> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  ar: 'العربية',
}

export function LanguagePicker() {
  return (
    <footer class="foot">
      <nav class="languages" aria-label={common.value.language}>
        <Icon name="globe" />
        <ul>
          {languages.map((one) => (
            <li key={one}>
              <button
                type="button"
                class="button plain"
                lang={one}
                data-language={one}
                aria-pressed={one === language.value}
                onClick={() => void pick(one)}
              >
                {languageNames[one]}
              </button>
            </li>
          ))}
        </ul>
      </nav>
    </footer>
  )
}

async function pick(chosen: Language): Promise<void> {
  const problem = await pickLanguage(chosen)
  if (problem !== null) sayAtOnce(sentenceFor(problem.code).text)
}
