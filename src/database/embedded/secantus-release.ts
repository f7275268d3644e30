/**
 * SHA-256 of what was released as SecantusDB 0.6.0b17: `pip hash` of each wheel, and the files in it that run. Another
 * version needs other ones: `pip download --no-deps --only-binary=:all: --platform ... --python-version ...` for each.
 */
export const RELEASE = 'SecantusDB==0.6.0b17'

/** CPython 3.10 to 3.13, each on Linux (glibc and musl, x86-64 and ARM) and macOS. */
export const WHEELS = [
  '15611cb559f2917e8e176b5bd230923f8fc98e48a1b87f7716dd96f067f0e00d', // cp310-macosx_11_0_arm64
  '0ef10f16212581044e86921bb8a90002c86d7df41b9b1145dc4ea0a73edcf04c', // cp310-manylinux_2_28_aarch64
  '639e7f9758dc121242c9d18d88562ce2d2ef9debe290c0c2f47dbbb8930150f6', // cp310-manylinux_2_28_x86_64
  '87c2fd52b3a355c5f851ae56f501dc3efa7f781a883ee5f2cf8861e1962c19b9', // cp310-musllinux_1_2_aarch64
  'cfa3ff4554ba71cc5dc35372c68295387cb6a978471b228db2ad47beba6869a7', // cp310-musllinux_1_2_x86_64
  '030a69eabbbb0761c244c0d041c1aa89df17680b26c98b374030f61b1c890aec', // cp311-macosx_11_0_arm64
  '690fed7d7268bf7e90aeb2c8a5b390b32b34685170df9a304f961713e30540fe', // cp311-manylinux_2_28_aarch64
  'fe8ccfd1295c872c92a4c4c13c5a6a1dead88b2ff3b9aafb361406ec8aac4d14', // cp311-manylinux_2_28_x86_64
  '15d2143883070c7a3d8a6ef71bb2d0b0a5c5fde53cbc7a6a31960ae39baade2e', // cp311-musllinux_1_2_aarch64
  '4f648c25d5c4015fa9b37831c1caaaa3a8e7cd1bccc1c5f27c3bcb7731a1dba4', // cp311-musllinux_1_2_x86_64
  'bc8dae439d5990768870381911e48ee662f3f8b14192d4595c6b36cfa0c6e1e5', // cp312-macosx_11_0_arm64
  '46b234b7f374faa10a6354c1d34ae17f36afa0c9ff8f70398df36f2b3aaf1a98', // cp312-manylinux_2_28_aarch64
  'a77fc08b43232ae420f9b3824c0342a1e58d657a8eb9daa86c3c16fd91e255f0', // cp312-manylinux_2_28_x86_64
  '96004b38efd07119347b84c26d437fbd166f935abfe6fffa299d6cf0cc16859d', // cp312-musllinux_1_2_aarch64
  'cfbe91b5c49bbf9002b0819c6517ce522f4feb896c48b9acf2cc6af744abda0c', // cp312-musllinux_1_2_x86_64
  '8826c246e06203c77a0a8a1eeb0b537689c6aed477f7a990baf5f7185aba5edf', // cp313-macosx_11_0_arm64
  'ede5588d54783d13991024a13ed716bd73693d8bb7f82b3cfde16a595eeb7bc1', // cp313-manylinux_2_28_aarch64
  '8836cd53654ad0d09af5363e09b1acfae6b29b31da55f80f346f46d5d3a785aa', // cp313-manylinux_2_28_x86_64
  'f10e1488965b97a53a79056507ebbb0a4045775322947890f2636c7bb0cfd2bb', // cp313-musllinux_1_2_aarch64
  '967e774ec1cc42fdc380aebcee9b7e445b5d41e6c8817b9489b6b5f46f302c51', // cp313-musllinux_1_2_x86_64
]

/** The server and the libraries that come with it, of any wheel. */
export const PROGRAMS = new Set([
  'bf822830acd7f2ba2542be03c252d504a5a1fb69de768f1a228555d63d2b2141', // liblz4-b2322fcc.so.1.8.3, manylinux_2_28_aarch64
  'cbbc249d7184b4b4ae31fb79e3c9d3920bb2dbe04c4ce214021300fecf9ec1a1', // secantusd-rs, manylinux_2_28_aarch64
  '7309e658cc2ffe889122930e3be26f4b29f8827a6492ad5f2d5d5b1efd782780', // liblz4-c23f16fe.so.1.8.3, manylinux_2_28_x86_64
  'd9b4a8cbc0bdb1b64f3b8933e6076a291c5b639370b541086293006586262601', // secantusd-rs, manylinux_2_28_x86_64
  '767fb99107fa5e41168413b1eed9d73191c94126c37526263e1af1f1f898788f', // libgcc_s-2d945d6c.so.1, musllinux_1_2_aarch64
  '94321d657dd1041ac126d967d05bc052512dc970fb837d0a4abb3576a60a0bb2', // liblz4-f863e211.so.1.10.0, musllinux_1_2_aarch64
  '30106f36edcfd6b613d30ca91a4ccd7acd123dc4ed178d94453eae2c2d6e6d76', // secantusd-rs, musllinux_1_2_aarch64
  'c8f934f958f22b3b9c8e790fde6bc2d2f55ab9ae8b9f5eea65425b20271782d0', // libgcc_s-0cd532bd.so.1, musllinux_1_2_x86_64
  'd65ee035b6e04584ed113660d994338e0fa6bad677c129699b8c103f5072fb7b', // liblz4-af355be2.so.1.10.0, musllinux_1_2_x86_64
  '7b7a37336e8155a061c8f6e6c54cabc54d2957947d8bba42d60901b2cf60fd1d', // secantusd-rs, musllinux_1_2_x86_64
])
