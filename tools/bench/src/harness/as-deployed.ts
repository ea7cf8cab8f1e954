/** Node as `npm start` runs everything in one process: young objects have room for some batches and what comes of them. */
export const FLAGS_OF_START = ['--max-semi-space-size=64', '--enable-source-maps'] as const;
/** Node as the image runs one service (Dockerfile), which may have little memory, and a core or two. */
export const FLAGS_OF_IMAGE = ['--max-semi-space-size=32', '--v8-pool-size=1', '--enable-source-maps'] as const;
/** As in the image: state in large pages of memory where the kernel has them to give, for it is read at random. */
export const ENVIRONMENT_OF_IMAGE = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' } as const;
