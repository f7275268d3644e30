import { render } from 'preact'
import { Frame } from '../shared/frame.jsx'

function Page() {
  return (
    <Frame page="account">
      <h1>Your account</h1>
    </Frame>
  )
}

render(<Page />, document.getElementById('app') as HTMLElement)
