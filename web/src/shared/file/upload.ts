// A file goes straight to storage: its hash by Web Crypto, the bytes to a signed address, then the product looks at what arrived.
import { takeStep } from "../api/client";
import type { Taken } from "../api/names";
import { noAnswer, Refusal } from "../api/problem";

const THERE_ALREADY = 412; // the address takes its bytes once

/** Sends the file, telling how many percent have gone; gives its id. */
export async function upload(file: File, far: (percent: number) => void): Promise<string> {
  const bytes = await file.arrayBuffer();
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  const sha256 = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const described = {
    filename: file.name,
    media_type: file.type || "application/octet-stream",
    size: file.size,
    sha256,
  };
  const begun = await takeStep<Taken<"start_upload">>("start_upload", described, crypto.randomUUID());
  await put(begun.upload_url, begun.headers, bytes, far);
  await takeStep("finish_upload", { file_id: begun.file_id }, crypto.randomUUID());
  return begun.file_id;
}

function put(
  url: string,
  headers: Record<string, string>,
  bytes: ArrayBuffer,
  far: (percent: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch doesn't tell how far it is
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => far(Math.round((100 * event.loaded) / Math.max(1, event.total)));
    request.onerror = () => reject(noAnswer(navigator.onLine ? "lost" : "offline"));
    request.onload = () => {
      if (request.status < 300 || request.status === THERE_ALREADY) resolve();
      else reject(new Refusal({ status: request.status, title: request.statusText, detail: request.statusText }));
    };
    request.send(bytes);
  });
}
