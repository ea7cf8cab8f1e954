/** Node as the image runs it (Dockerfile): rooms for young objects that a batch does not fill, … */
export const NODE_FLAGS = ['--max-semi-space-size=32', '--enable-source-maps'] as const;
/** … and state in large pages of memory where the kernel has them to give: it is read at random, and small pages cost a look-up each. */
export const NODE_ENVIRONMENT = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' } as const;
