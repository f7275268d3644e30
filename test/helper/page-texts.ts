/** Texts that a person would read, found in the source of pages: they belong into the catalogues. */
import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'

/** Of an element: what is read, where it is a text. */
const READ_ATTRIBUTES = [
  'title',
  'alt',
  'label',
  'placeholder',
  'button',
  'done',
  'hint',
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'aria-valuetext',
]
/** What is given to these is said to ears. */
const SPOKEN_BY = ['say', 'sayAtOnce', 'alert', 'confirm', 'prompt']
/** Calls whose texts are for the machine. */
const TECHNICAL_CALLS =
  /^(?:focus|closest|matches|matchMedia|querySelector|querySelectorAll|getElementById|Error|import|DateTimeFormat|NumberFormat|includes|split|join|startsWith|endsWith|replace|replaceAll|addEventListener|setItem|getItem|get|set|has|append|delete)$/
const LETTERS = /\p{L}{2,}/u
/** Two words of which the first has a capital, or three beside each other. */
const SENTENCE = /(?:^|\P{L})\p{Lu}\p{Ll}+[,:]?\s+\p{L}|\p{L}*\p{Ll}[,:]?\s+\p{L}*\p{Ll}[,:]?\s+\p{L}/u
/** A property of that name is read. */
const READ_PROPERTIES = ['title', 'label', 'text', 'next', 'short', 'rest', 'word', 'hint', 'heading']

/** The same in each language. */
const ALLOWED = ['Slotcast', 'UTC', 'GMT', '/book/']

export interface FoundText {
  path: string
  line: number
  text: string
}

/** Every source of the pages that is no catalogue. */
export function pageSources(): { path: string; text: string }[] {
  return readdirSync('src/pages', { recursive: true, encoding: 'utf8' })
    .map((name) => `src/pages/${name.replaceAll('\\', '/')}`)
    .filter(
      (path) => /\.tsx?$/.test(path) && !/\/text\/(?:\w+\/)?(?:en|de|fr|es|ar)(?:-\w+)?\.ts$/.test(path),
    )
    .sort()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}

export function textsIn({ path, text }: { path: string; text: string }): FoundText[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TSX)
  const found: FoundText[] = []

  const note = (node: ts.Node, said: string, pattern: RegExp) => {
    const words = ALLOWED.reduce((rest, word) => rest.replaceAll(word, ''), said)
    if (!pattern.test(words)) return
    found.push({
      path,
      line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1,
      text: said.trim(),
    })
  }

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return
    if (ts.isJsxText(node)) note(node, node.text, LETTERS)
    else if (ts.isStringLiteralLike(node)) note(node, node.text, isRead(node) ? LETTERS : sentenceAt(node))
    else if (ts.isTemplateExpression(node)) {
      const parts = [node.head, ...node.templateSpans.map(({ literal }) => literal)].map((one) => one.text)
      note(node, parts.join('…'), isRead(node) ? LETTERS : sentenceAt(node))
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

const NOTHING = /(?!)/

/** Where a text is not clearly read, only what looks like a sentence counts, and nothing that a machine reads. */
function sentenceAt(node: ts.Expression): RegExp {
  for (let at: ts.Node = node; at.parent !== undefined; at = at.parent) {
    const { parent } = at
    if (ts.isJsxAttribute(parent)) return NOTHING
    if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
      const { expression } = parent
      const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText()
      return TECHNICAL_CALLS.test(name) ? NOTHING : SENTENCE
    }
    if (
      ts.isPropertyAssignment(parent) &&
      /^(?:class|key|d|path|href|accept|timeZone)$/.test(parent.name.getText())
    )
      return NOTHING
    if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsEqualsEqualsToken)
      return NOTHING
    if (ts.isElementAccessExpression(parent) || ts.isCaseClause(parent)) return NOTHING
    if (ts.isStatement(parent) || ts.isFunctionLike(parent)) return SENTENCE
  }
  return SENTENCE
}

/** As the content of an element, in one of its attributes that are read, or said to ears. */
function isRead(node: ts.Expression): boolean {
  let at: ts.Node = node
  while (
    at.parent !== undefined &&
    (ts.isConditionalExpression(at.parent) ||
      ts.isParenthesizedExpression(at.parent) ||
      (ts.isBinaryExpression(at.parent) && at.parent.right === at))
  ) {
    if (ts.isConditionalExpression(at.parent) && at.parent.condition === at) return false
    at = at.parent
  }
  const { parent } = at
  if (parent === undefined) return false
  if (ts.isPropertyAssignment(parent)) return READ_PROPERTIES.includes(parent.name.getText())
  if (ts.isJsxAttribute(parent)) return READ_ATTRIBUTES.includes(parent.name.getText())
  if (ts.isJsxExpression(parent)) {
    return ts.isJsxAttribute(parent.parent)
      ? READ_ATTRIBUTES.includes(parent.parent.name.getText())
      : ts.isJsxElement(parent.parent) || ts.isJsxFragment(parent.parent)
  }
  return ts.isCallExpression(parent) && SPOKEN_BY.includes(parent.expression.getText())
}
