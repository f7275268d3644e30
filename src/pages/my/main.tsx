import { render } from 'preact'
import { Frame } from '../shared/frame.jsx'

render(<Frame page="my"> </Frame>, document.getElementById('app') as HTMLElement)
