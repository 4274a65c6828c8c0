import re, os
from pathlib import Path
from tests.test_openapi import *
from tests.test_openapi import make_sense, schema, guarded_app
from schemathesis.core.failures import FailureGroup, Failure
del test_it_answers_as_documented
OUT=Path(os.environ["EXPLORE"])
SEEN=set()
COUNT={}
@schema.parametrize()
def test_explore(case, guarded_app):
    op=case.operation.label
    COUNT[op]=COUNT.get(op,0)+1
    if case.meta is not None and case.meta.generation.mode.is_positive:
        make_sense(case)
    try:
        r=case.call(app=guarded_app)
        case.validate_response(r, transport_kwargs={"app":guarded_app})
    except FailureGroup as g:
        for e in g.exceptions:
            msg=str(e)
            status=re.search(r"\[(\d\d\d)\]",str(g)); 
            det=re.search(r'"errors": (\[.*?\])',str(g)) or re.search(r'"detail": "(.*?)"',str(g))
            key=(op,type(e).__name__,re.sub(r'\d+|".*?"|`.*?`','',msg)[:120], status and status[1], det and re.sub(r"U\+\w+|\d+","",det[1])[:80])
            if key in SEEN: continue
            SEEN.add(key)
            with OUT.open("a") as f: f.write(f"## {op} {type(e).__name__} {status and status[1]}\n{msg[:500]}\n   {det and det[1][:300]}\n   {re.sub(chr(39)+'Cookie.*?'+chr(39),'',str(g).split('Reproduce with:')[-1].strip())[:700]}\n\n")
