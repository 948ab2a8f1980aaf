// Package indextest is a package index in the process of a test.
//
// [New] serves files given as values, with the habits of real indexes
// ([Options]) and their faults ([Fault]); [Replay] serves a recorded index,
// [Synth] the tiny index of a resolver scenario. Each writes down every
// request, so that a test can say "one listing per project". [Server.Transport]
// reaches a server without sockets, which is quick; [Server.URL] is a real
// address on the loopback.
package indextest
