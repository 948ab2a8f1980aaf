"""UIP-CLI wants this file. axle builds without it."""
raise SystemExit("build this project with: axle build")
