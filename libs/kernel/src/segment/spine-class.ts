/** Classes of the network's output, in this order, whatever order its bundle lists. */
export const SPINE_CLASSES = ['background', 'vertebral-body', 'disc', 'sacrum', 'canal', 'posterior-elements'] as const;
/** One class of tissue that the network knows. */
export type SpineClass = (typeof SPINE_CLASSES)[number];

/** Index of a class in the network's output and in label maps. */
export const CLASS = { background: 0, body: 1, disc: 2, sacrum: 3, canal: 4, posterior: 5 } as const;
