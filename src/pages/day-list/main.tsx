import { render } from 'preact'
import { ProviderFrame } from '../shared/provider-frame.jsx'

function Page() {
  return <ProviderFrame page="list">{() => <h1>Day list</h1>}</ProviderFrame>
}

render(<Page />, document.getElementById('app') as HTMLElement)
