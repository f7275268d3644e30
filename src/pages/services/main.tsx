import { render } from 'preact'
import { ProviderFrame } from '../shared/provider-frame.jsx'

function Page() {
  return <ProviderFrame page="services">{() => <h1>Services</h1>}</ProviderFrame>
}

render(<Page />, document.getElementById('app') as HTMLElement)
