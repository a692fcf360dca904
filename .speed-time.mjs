import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
const cmds = {
  true: ["/bin/true"],
  bare: [process.execPath,"-e","0"],
  nosnap: [process.execPath,"--no-node-snapshot","-e","0"],
  single: [process.execPath,"--single-threaded","--v8-pool-size=0","-e","0"],
  singlefuzz: [process.execPath,"--single-threaded","--v8-pool-size=0","--correctness-fuzzer-suppressions","-e","0"],
  perm: [process.execPath,"--permission","--allow-fs-read=/tmp/","--allow-addons","-e","0"],
  nosqlite: [process.execPath,"--no-experimental-sqlite","-e","0"],
  wrapped: ["/bin/sh","-c",'ulimit -n 64 && exec "$@"',"sh",.../usr/.test("/usr")?["/usr/bin/unshare","--user","--net","--ipc","--uts","--pid","--fork","--kill-child","/usr/bin/setpriv","--no-new-privs","--bounding-set=-all","--inh-caps=-all"]:[],"/bin/true"],
};
const med = a => a.toSorted((x,y)=>x-y)[a.length>>1];
const t = {};
for (let i=0;i<11;i++) for (const [k,[c,...a]] of Object.entries(cmds)) {
  const u0 = process.resourceUsage(); // self only
  const f = performance.now(); const r = spawnSync("/bin/bash",["-c",`TIMEFORMAT='%U %S'; time "$@"`,"x",c,...a],{env:{}}); 
  const cpu = r.stderr.toString().trim().split("\n").at(-1).split(" ").map(Number);
  (t[k]??=[]).push([performance.now()-f, 1000*(cpu[0]+cpu[1])]);
}
for (const [k,v] of Object.entries(t)) console.log(k.padEnd(12), "wall", med(v.map(x=>x[0])).toFixed(1), "min", Math.min(...v.map(x=>x[0])).toFixed(1), "cpu", med(v.map(x=>x[1])).toFixed(1));
