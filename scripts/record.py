"""Replays the recorded calls of argocd on a running system; scripts/record.sh starts one."""
import base64
import concurrent.futures
import json
import os
import pathlib
import pty
import re
import select
import socket
import subprocess
import sys
import tempfile
import termios
import time

FILE = pathlib.Path('tests/conformance/argocd-cli/transcripts.json')
PLAIN, TLS = os.environ['E2E_PLAIN'], os.environ['E2E_TLS']
SIGNATURE = base64.urlsafe_b64encode(b'signature-of-a-server-that-is-gone').decode().rstrip('=')
JWT = re.compile(r'eyJ[\w-]+\.[\w-]+\.[\w-]+')

# Accounts and policy of the recording; the password is the one that the calls give.
CM = {'accounts.octopus': 'apiKey', 'accounts.octopus.enabled': 'true', 'accounts.alice': 'login',
      'accounts.robot': 'apiKey, login', 'accounts.robot.enabled': 'false', 'accounts.typo': 'apikey'}
POLICY = ('p, octopus, applications, get, *, allow\np, octopus, clusters, get, *, allow\n'
          'p, octopus, logs, get, */*, allow\n')

# What is changed before a call: keys of argocd-cm or argocd-rbac-cm, None removes one.
BEFORE = {
    'enabled is not a boolean: list': ('argocd-cm', {'accounts.octopus.enabled': 'yes'}),
    'can-i, account just disabled': ('argocd-cm', {'accounts.octopus.enabled': 'false'}),
    'can-i, account removed': ('argocd-cm', {'accounts.octopus': None, 'accounts.octopus.enabled': None}),
    'can-i, account back: the old token works again':
        ('argocd-cm', {'accounts.octopus': 'apiKey', 'accounts.octopus.enabled': 'true'}),
    'can-i, capability taken away': ('argocd-cm', {'accounts.octopus': 'login'}),
    'policy does not load: can-i as the token': ('argocd-rbac-cm', {'policy.csv': POLICY + 'p, octopus, applications, get, *\n'}),
    'policy mended: can-i as the token': ('argocd-rbac-cm', {'policy.csv': POLICY}),
}
# Also before a call: the account as it was, where the call before left it otherwise.
RESTORE = {'policy does not load: can-i as the token'}

tokens = {}


def run(*words, check=True, **options):
    return subprocess.run(words, check=check, capture_output=True, text=True, **options)


def patch(configmap, data):
    run('kubectl', 'patch', 'configmap', '-n', 'argocd', configmap, '--type', 'merge', '-p', json.dumps({'data': data}))
    time.sleep(3)


def claims(token):
    part = token.split('.')[1]
    return json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4)))


def key(token):
    """Names a token by what it claims; None for what is none."""
    try:
        return claims(token)['sub'], claims(token)['jti']
    except (ValueError, KeyError, IndexError, UnicodeDecodeError):
        return None


def real(text):
    """The recorded words as they are said to this system."""
    text = text.replace('argocd.example.com:80', PLAIN).replace('argocd.example.com:443', TLS)
    return JWT.sub(lambda match: tokens.get(key(match[0]), match[0]), text)


def recorded(text):
    """What this system printed, as it is written down: no address, no signature, no path of this machine."""
    text = text.replace(PLAIN, 'argocd.example.com:80').replace(TLS, 'argocd.example.com:443')
    text = text.replace(os.environ['HOME'], '/home/user')
    return JWT.sub(lambda match: match[0].rsplit('.', 1)[0] + '.' + SIGNATURE, text)


def plain(text):
    """The text without what no two runs have in common."""
    text = JWT.sub(lambda match: f'<token {key(match[0])}>', text or '')
    text = re.sub(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<uuid>', text)
    text = re.sub(r'\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?( [+-]\d{4} UTC)?', '<time>', text)
    text = re.sub(r'\b1[789]\d{8,17}\b', '<number>', text)
    text = re.sub(r'\$2[aby]\$[\w./$]+', '<bcrypt>', text)
    text = re.sub(r'127\.0\.0\.1:\d+(?=->|\b)', '127.0.0.1:<port>', text)
    text = re.sub(r'"(resourceVersion|uid|generation)": *"?[\w-]+"?', r'"\1": <of the server>', text)
    text = re.sub(r'"annotations": \{\s*\},?', '', text)
    text = re.sub(r'\((now|\d+ seconds? ago)\)', '(<age>)', text)
    text = re.sub(r' on [\d.]+:53:', ' on <name server>:', text)
    # Tokens of one second come in either order.
    return sorted(re.sub(r'[ \t]+', ' ', line) for line in text.splitlines())


def environment(call, empty):
    own = dict(os.environ)
    for name, value in call.get('env', {}).items():
        own[name] = empty if name == 'HOME' else real(value)
    tampered = own.get('ARGOCD_AUTH_TOKEN', '')
    if 'tampered' in call['name']:
        own['ARGOCD_AUTH_TOKEN'] = tampered[:-4] + ('AAAA' if tampered[-4:] != 'AAAA' else 'BBBB')
    return own


def wait_for_silence(terminal):
    """argocd prints a prompt before it turns the echo off; of a question it leaves it on."""
    limit = time.monotonic() + 3
    while termios.tcgetattr(terminal)[3] & termios.ECHO and time.monotonic() < limit:
        time.sleep(0.05)


def at_a_terminal(words, env, steps):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(words[0], words, env)
    screen, rest, seen = '', list(steps), 0
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        ready, _, _ = select.select([terminal], [], [], 8)
        if not ready and not rest:
            break
        try:
            screen += os.read(terminal, 1024).decode() if ready else ''
        except OSError:
            break
        if rest and rest[0]['prompt'] in screen[seen:]:
            seen = len(screen)
            wait_for_silence(terminal)
            os.write(terminal, (rest.pop(0)['typed'] + '\n').encode())
    # A program that still asks is ended by this: its terminal hangs up.
    os.close(terminal)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return max(code, -1), screen


def ask(call, empty):
    words = ['argocd', *map(real, call['argv'])]
    silent = None
    if call['name'] == 'server accepts and never answers':
        silent = socket.create_server(('127.0.0.1', 0))
        old = next(word for word in call['argv'] if word.startswith('127.0.0.1:'))
        words[words.index(old)] = f'127.0.0.1:{silent.getsockname()[1]}'
    if call['name'] == 'proj role delete-token':
        words[-1] = str(claims(tokens['proj:team-a:octopus', 'octopus-2'])['iat'])
    env = environment(call, empty)
    if 'terminal' in call:
        code, screen = at_a_terminal(words, env, call['terminal'])
        return {'exit': code, 'screen': recorded(screen)}
    try:
        limit = 20 if call['exit'] is None else 120
        # `DEVNULL` is no terminal, as in the recording.
        stdin = {'input': call['stdin']} if 'stdin' in call else {'stdin': subprocess.DEVNULL}
        done = run(*words, check=False, env=env, timeout=limit, **stdin)
    except subprocess.TimeoutExpired:
        return {'exit': None, 'stdout': '', 'stderr': ''}
    finally:
        if silent:
            silent.close()
    for token in JWT.findall(done.stdout):
        tokens[key(token)] = token
    return {'exit': done.returncode, 'stdout': recorded(done.stdout), 'stderr': recorded(done.stderr)}


def one_that_lost(call, empty):
    """Eight at the same time, until one of them loses."""
    for attempt in range(20):
        def one(number):
            argv = [f'par-{attempt}-{number}' if word.startswith('par-') else word for word in call['argv']]
            return ask({**call, 'argv': argv}, empty)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(one, range(8)))
        lost = [answer for answer in answers if answer['exit'] != 0]
        if lost:
            return lost[0]
    sys.exit('none of 160 calls at the same time lost')


def account_after(call):
    keys = run('kubectl', 'get', 'configmap', '-n', 'argocd', 'argocd-cm', '-o', 'json').stdout
    data = json.loads(keys)['data']
    return {name: data[name] for name in ('accounts.octopus', 'accounts.octopus.enabled') if name in data}


def replay(call, empty):
    name = call['name']
    if name in RESTORE:
        patch('argocd-cm', {'accounts.octopus': 'apiKey', 'accounts.octopus.enabled': 'true'})
    if name in BEFORE:
        patch(*BEFORE[name])
    if form := re.fullmatch(r"create with '(.*)' enabled '(.*)'", name):
        patch('argocd-cm', {'accounts.octopus': form[1], 'accounts.octopus.enabled': form[2]})
    if name == 'can-i, token expired' or name == 'proj role create-token, later':
        time.sleep(2)
    answer = one_that_lost(call, empty) if 'eight at the same time' in name else ask(call, empty)
    if 'argocd_cm_after' in call:
        answer['argocd_cm_after'] = account_after(call)
    return answer


def main():
    write = sys.argv[1:] == ['--write']
    calls = json.loads(FILE.read_text())
    hashed = run('argocd', 'account', 'bcrypt', '--password', 'adminpass1').stdout.strip()
    run('kubectl', 'patch', 'secret', '-n', 'argocd', 'argocd-secret', '-p', json.dumps({'stringData': {'admin.password': hashed}}))
    patch('argocd-cm', CM)
    patch('argocd-rbac-cm', {'policy.csv': POLICY})
    login = ['argocd', 'login', PLAIN, '--plaintext', '--username', 'admin', '--password']
    run(*login, 'adminpass1')
    changed = []
    with tempfile.TemporaryDirectory() as empty:
        for call in calls:
            answer = replay(call, empty)
            differs = [
                field for field, value in answer.items()
                if (plain(value) != plain(call.get(field)) if isinstance(value, str) else value != call.get(field))
            ]
            if differs:
                changed.append(call['name'])
                print(f"{call['name']}: argocd {' '.join(call['argv'])}")
                for field in differs:
                    print(f'  {field}\n    - {call.get(field)!r}\n    + {answer[field]!r}')
                # Only then: what has not changed keeps its times.
                call.update(answer)
    print(f'{len(calls)} calls, {len(changed)} changed')
    if write and changed:
        # A line for each call, so that a diff shows whole calls.
        FILE.write_text('[\n' + ',\n'.join(map(json.dumps, calls)) + '\n]\n')
    sys.exit(1 if changed else 0)


main()
