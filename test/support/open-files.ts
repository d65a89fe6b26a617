import { readdir, readlink } from 'node:fs/promises';

/** The files, not sockets or pipes, that a process holds open below the path of this project (Linux). */
export async function openFiles(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')),
  );
  return links.filter((path) => path.startsWith(process.cwd()));
}
