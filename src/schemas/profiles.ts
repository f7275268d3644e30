import { type Static, type TSchema, Type } from 'typebox'

const Link = Type.String({
  format: 'link',
  minLength: 3,
  maxLength: 40,
  description: 'The readable part of `/book/{link}`: letters a to z, digits and hyphens',
  examples: ['dr-vogt'],
})

/** What a provider says of itself; all of it is public. */
const said = {
  title: Type.String({
    format: 'name',
    minLength: 1,
    maxLength: 80,
    description: 'A speciality or the like',
    examples: ['Paediatrician'],
  }),
  text: Type.String({ format: 'text', minLength: 1, maxLength: 2000, description: 'May have lines' }),
  address: Type.String({
    format: 'text',
    minLength: 1,
    maxLength: 300,
    description: 'May have lines',
    examples: ['Hauptstrasse 1\n12345 Berlin'],
  }),
  place: Type.String({
    format: 'name',
    minLength: 1,
    maxLength: 80,
    description: "Shown instead of the time zone's city",
    examples: ['Berlin'],
  }),
  phone: Type.String({ format: 'phone', minLength: 1, maxLength: 40, examples: ['+49 30 1234567'] }),
}

const optional = <T extends TSchema>(field: T) => Type.Optional(field)
const orNull = <T extends TSchema>(field: T) => Type.Optional(Type.Union([field, Type.Null()]))

/** What stands beside the name of a provider, where it has said so. */
export const face = {
  link: Type.Optional(Type.String({ description: '`/book/{link}` is its page' })),
  title: Type.Optional(Type.String()),
  place: Type.Optional(Type.String()),
  address: Type.Optional(Type.String()),
  phone: Type.Optional(Type.String()),
  picture: Type.Optional(Type.String({ description: 'Where its picture is' })),
  text: Type.Optional(Type.String()),
}

export const Profile = Type.Object({
  ...face,
  formerLinks: Type.Optional(
    Type.Array(Type.String(), {
      description: 'For the provider itself: earlier links, the latest first. The last ten go on working.',
    }),
  ),
  rev: Type.Integer(),
})
export type Profile = Static<typeof Profile>

export const ProfileChanges = Type.Object(
  {
    link: optional(Link),
    title: orNull(said.title),
    text: orNull(said.text),
    address: orNull(said.address),
    place: orNull(said.place),
    phone: orNull(said.phone),
  },
  { additionalProperties: false, minProperties: 1, description: 'Null removes a field' },
)
export type ProfileChanges = Static<typeof ProfileChanges>
