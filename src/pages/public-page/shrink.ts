/** A chosen picture as it is sent: no larger than it is shown, and drawn anew, which leaves behind where it was taken. */

const MOST_PIXELS = 512
const MOST_BYTES = 512 * 1024
const TYPES = ['image/webp', 'image/jpeg'] as const
const QUALITIES = [0.86, 0.7, 0.5]

/** Null where the browser cannot show the file. */
export async function shrunk(file: Blob): Promise<Blob | null> {
  const picture = await createImageBitmap(file).catch(() => null)
  if (picture === null) return null
  const scale = Math.min(1, MOST_PIXELS / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  const pen = canvas.getContext('2d')
  if (pen === null) return null
  // Not every browser writes WebP, and JPEG has no transparency: it would turn black.
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.imageSmoothingQuality = 'high'
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  for (const quality of QUALITIES) {
    for (const type of TYPES) {
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, type, quality))
      if (blob !== null && blob.type === type && blob.size <= MOST_BYTES) return blob
    }
  }
  return null
}
