// The push service of web-push-testing in the foreground: `node peer.cjs PORT`. It checks signatures and opens what it gets.
const Server = require("web-push-testing/src/server.js");
const { PushApiModel } = require("web-push-testing/src/PushApiModel.js");

new Server(new PushApiModel(), Number(process.argv[2])).startServer();
