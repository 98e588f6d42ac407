// SPDX-License-Identifier: EUPL-1.2
// Chromium on an insecure origin: report, check back, follow-up, against
// the files of orgtool. node script_chromium.mjs BUILD WORK
import http from 'node:http'; import fs from 'node:fs'; import {execFileSync} from 'node:child_process'; import {chromium} from 'playwright-core';
const [B,W]=process.argv.slice(2); const S=B+'/', day=new Date().toISOString().slice(0,10); const log=[]; let last; let parts=[];
const csp="default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'";
const html=(ml,f)=>`<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>x</title><script src="/script.js" defer></script></head><body><main id="m" data-ml="${ml}">${f}</main></body></html>`;
const s=http.createServer((q,r)=>{ log.push(q.method+' '+q.url); const b=[]; q.on('data',d=>b.push(d)); q.on('end',()=>{ const body=Buffer.concat(b); const h={'Content-Security-Policy':csp,'Cache-Control':'no-store'};
 const send=(c,t,x)=>{r.writeHead(c,{...h,'Content-Type':t});r.end(x)};
 if(q.url=='/nl/report') return send(200,'text/html',html('report','<form id="about-form" data-default="m"><input type="radio" name="about" value="m" data-desks="meldpunt" id="r"><button id="go">v</button></form>'));
 if(q.url=='/nl/replies') return send(200,'text/html',html('check','<form id="check-form"><textarea name="code"></textarea><button id="go">v</button></form>'));
 if(q.url=='/script.js') return send(200,'text/javascript',fs.readFileSync(S+'share/meldluik/script.js'));
 if(q.method=='POST'){parts=[];return send(201,'application/json','{"upload":"'+'a'.repeat(32)+'"}');}
 if(q.method=='PUT'&&q.url=='/v1/uploads'){parts.push(body);r.writeHead(204,h);return r.end();}
 if(q.method=='PUT'){ last=body.length?body:Buffer.concat(parts); return send(201,'text/plain',execFileSync(S+'bin/orgtool',['receipt',day,q.headers.epoch],{input:last}));}
 try{send(200,'application/octet-stream',fs.readFileSync(W+'/org'+q.url))}catch{send(404,'text/plain','')} })}); s.listen(0,'127.0.0.1',async()=>{ const port=s.address().port;
 const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--host-resolver-rules=MAP melding.test 127.0.0.1']}); const p=await b.newPage(); p.setDefaultTimeout(12000);
 p.on('console',m=>console.log('C',m.text())); p.on('pageerror',e=>console.log('E',e.message)); p.on('dialog',d=>d.accept());
 try{ const u='http://melding.test:'+port; await p.goto(u+'/nl/report'); console.log('subtle',await p.evaluate(()=>typeof crypto.subtle));
 await p.click('#go'); await p.waitForSelector('#ml-code'); const g=await p.locator('#ml-code li').allInnerTexts(); const code=g.join('-'); await p.fill('#ml-last',g.at(-1)); await p.click('#ml-code-next'); await p.fill('#ml-what','Er is iets mis.');
 await p.setInputFiles('#ml-files',{name:'a.bin',mimeType:'application/octet-stream',buffer:Buffer.alloc(3e6,7)}); await p.click('#ml-send'); await p.waitForSelector('#ml-receipt'); console.log('RECEIPT ok',last.length);
 fs.rmSync(W+'/o2',{recursive:true,force:true});fs.mkdirSync(W+'/o2'); const wk=JSON.parse(fs.readFileSync(W+'/org/v1/epochs/'+fs.readdirSync(W+'/org/v1/epochs')[0])).week; execFileSync(S+'bin/orgtool',['open',W+'/org','anna',wk,W+'/o2'],{input:last}); console.log(fs.readFileSync(W+'/o2/report.json','utf8').slice(0,150));
 execFileSync(S+'bin/orgtool',['board',W+'/org',day,code,'2','Hallo daar','Een vraag']); 
 await p.goto(u+'/nl/replies'); await p.fill('textarea',code); log.length=0; await p.click('#go'); await p.waitForSelector('#ml-replies article'); console.log(await p.innerText('#ml-replies')); const right=log.join();console.log(right);await p.goto(u+'/nl/replies');await p.fill('textarea',execFileSync(S+'bin/codetool',['01'+'ab'.repeat(14),'0f123456789abcdef001020304050607']).toString().split('\n')[0]);log.length=0;await p.click('#go');await p.waitForSelector('#ml-replies',{state:'attached'});if(log.join()!==right)throw new Error('a wrong code asks for other files');await p.goto(u+'/nl/replies');await p.fill('textarea',code);await p.click('#go');await p.waitForSelector('#ml-text');
 await p.fill('#ml-text','Antwoord'); await p.click('#ml-send'); await p.waitForSelector('#ml-receipt'); console.log('FOLLOWUP ok',last.length);
 }catch(e){process.exitCode=1;console.log('FAIL',e.message.slice(0,400)); console.log((await p.innerText('body')).slice(0,500)); console.log(log.join('|'))} await b.close(); s.close(); process.exit()});
