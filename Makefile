# What people type. Everything is a go command; this file only names it.

VERSION ?=
OUT ?= dist/release

.PHONY: build test docs release

build: # the program, into ./axle
	CGO_ENABLED=0 go build -trimpath -o axle ./cmd/axle

test:
	go test ./...

docs: # write the reference, the manual pages, the pictures and the schema again
	go test ./internal/extension -run TestSchemaHasEveryKey -update
	go test ./cmd/axle -run 'TestReference|TestManualPages|TestPictures' -update

release: # VERSION=1.2.3: archives, deb, rpm, wheels and SHA256SUMS for 6 platforms
	go run ./internal/release -version '$(VERSION)' -out '$(OUT)'
