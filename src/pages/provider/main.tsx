import { render } from 'preact'
import { Frame } from '../shared/frame.jsx'

render(<Frame page="provider"> </Frame>, document.getElementById('app') as HTMLElement)
