import { render } from 'preact'
import { ProviderFrame } from '../shared/provider-frame.jsx'

function Page() {
  return <ProviderFrame page="public page">{() => <h1>Public page</h1>}</ProviderFrame>
}

render(<Page />, document.getElementById('app') as HTMLElement)
