// A real OpenID Connect provider on loopback, in the shape of Microsoft Entra ID: its issuer ends in TENANT/v2.0, and
// what it signs holds tid, oid and roles. Takes one argument, JSON: { tenant, client, accounts: { login: claims } }.
// Says its issuer on standard output once it listens, and ends when its standard input does.
import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const { tenant, client, accounts } = JSON.parse(process.argv[2]);
const prefix = `/${tenant}/v2.0`;

const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });

function made(issuer) {
  return new Provider(issuer, {
    clients: [{ grant_types: ["authorization_code"], response_types: ["code"], ...client }],
    jwks: { keys: [{ ...key, kid: "first", use: "sig", alg: "RS256" }] },
    cookies: { keys: ["not a secret: a provider for tests"] },
    claims: { openid: ["sub"], profile: ["name", "roles", "tid", "oid", "email"] },
    conformIdTokenClaims: false, // Entra ID puts what the scope profile asks for into the ID token
    pkce: { required: () => true },
    features: { rpInitiatedLogout: { enabled: true } },
    findAccount: (_, login) =>
      accounts[login] && { accountId: login, claims: () => ({ sub: login, tid: tenant, ...accounts[login] }) },
  });
}

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://localhost:${server.address().port}${prefix}`;
  const answer = made(issuer).callback();
  server.on("request", (request, response) => {
    if (!request.url.startsWith(prefix)) {
      response.writeHead(404).end();
      return;
    }
    request.originalUrl = request.url; // how a provider learns that it stands under a path
    request.url = request.url.slice(prefix.length) || "/";
    answer(request, response);
  });
  console.log(issuer);
});
process.stdin.resume().on("end", () => process.exit());
