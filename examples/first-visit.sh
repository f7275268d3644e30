# sh first-visit.sh http://127.0.0.1:3000
URL=$1 DAY=$(node -p 'new Date(Date.now() + 3 * 864e5).toISOString().slice(0, 10)')
as() { curl -s -X $2 "$URL/v1/$3" ${1:+-H "authorization: Bearer $1"} ${4:+-H 'content-type: application/json' -d "$4"}; }
field() { grep -o "\"$1\":\"[^\"]*" | cut -d'"' -f4 | sed -n "${2:-1}p"; }
account() { as '' POST accounts '{ "role": "'$1'", "email": "'$1.$$'@example.com", "password": "correct horse battery",
  "name": "'$2'", "timeZone": "Europe/Berlin" }'; }

# The practice offers a first visit, 45 minutes and 15 to clean up, at :00 and :30. Until a day before, clients may cancel.
OWN=$(account provider Practice) && PRACTICE=$(echo "$OWN" | field id) OWNER=$(echo "$OWN" | field accessToken)
VISIT=$(as $OWNER POST providers/$PRACTICE/services '{ "name": "First visit", "durationMinutes": 45,
  "bufferAfterMinutes": 15, "startsEveryMinutes": 30, "cancelCutoffSeconds": 86400 }' | field id)
as $OWNER POST providers/$PRACTICE/availability '{ "blocks": [{ "day": "'$DAY'", "from": "09:00", "to": "13:00" }] }' > /dev/null

# A client sees the starts at which it fits whole, holds one, takes longer to decide, confirms, and moves it.
CLIENT=$(account client Ada | field accessToken)
STARTS=$(as $CLIENT GET "slots?providerId=$PRACTICE&serviceId=$VISIT")
BOOKING=$(as $CLIENT POST reservations '{ "slotId": "'$(echo "$STARTS" | field id 1)'", "serviceId": "'$VISIT'",
  "phone": "+49 30 1234567" }' | field id)
as $CLIENT POST reservations/$BOOKING/extend && echo
as $CLIENT POST reservations/$BOOKING/confirm && echo
as $CLIENT POST reservations/$BOOKING/move '{ "slotId": "'$(echo "$STARTS" | field id 3)'" }' && echo

# Somebody telephones: the practice books, at the start that the move has freed, and finds them by name.
as $OWNER POST providers/$PRACTICE/reservations '{ "slotId": "'$(echo "$STARTS" | field id 1)'", "serviceId": "'$VISIT'",
  "status": "confirmed", "person": { "name": "Grace", "phone": "+49 30 7654321" } }' && echo
as $OWNER GET 'reservations?client=gra' && echo

# From the start on it notes who came; before, the answer is not_begun.
as $OWNER PATCH reservations/$BOOKING '{ "outcome": "arrived" }' && echo
