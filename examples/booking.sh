# sh booking.sh http://127.0.0.1:3000 <provider id>
URL=$1 PROVIDER=$2 JSON='content-type: application/json'

TOKEN=$(curl -s $URL/v1/accounts -H "$JSON" -d '{ "role": "client", "email": "'ada.$$'@example.com",
  "password": "correct horse battery", "name": "Ada", "timeZone": "Europe/Berlin" }' | grep -o '"accessToken":"[^"]*' | cut -d'"' -f4)
SLOT=$(curl -s "$URL/v1/slots?providerId=$PROVIDER&limit=1" | grep -o '"id":"[^"]*' | cut -d'"' -f4)
HOLD=$(curl -s $URL/v1/reservations -H "authorization: Bearer $TOKEN" -H "$JSON" -H "idempotency-key: try-$$" \
  -d '{ "slotId": "'$SLOT'" }' | grep -o '"id":"[^"]*' | cut -d'"' -f4)
curl -s -X POST $URL/v1/reservations/$HOLD/confirm -H "authorization: Bearer $TOKEN"
