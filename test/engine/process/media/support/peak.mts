/** Run as a child process: decodes a file and prints the process's peak memory in MB and the samples decoded. */
import { decodeMedia } from '../../../../../dist/engine/process/media/decode.js';

const media = await decodeMedia({ path: process.argv[2], channelMode: 'split' }, { onBlock: () => {} });
console.log(JSON.stringify({ peak: process.resourceUsage().maxRSS / 1024, samples: media.samples }));
