package main

import "testing"

// The rows of the core system that the build side proves, one test each; the
// scripts are in testdata/core. Where the real tools have a say, a test of
// corereal_test.go asks them.
//
//	 1  pure modules ride in the extension         TestCore01, TestCore01Real
//	 2  a native dependency cannot run zipped      TestCore02, TestCore02Real
//	 3  packages are embedded in the archive       TestCore03, TestCore03Real
//	 6  dist-info stays in the package             TestCore06
//	 7  the name of a package                      TestCore07, TestCore07Real
//	 8  one command does it all                    TestCore08, TestRealSetEqualsUV
//	 9  all targets from one machine               TestCore09, TestRealSetEqualsUV
//	10  packages collected from other machines     TestCore10, TestCore10Real
//	16  packages want zip_safe: false              TestCore16
//	18  every hole has a name                      TestCore18
//	19  one package may serve many Pythons         TestCore19, TestCore19Real
//	20  what forces many packages                  TestCore20, TestCore20Real
//	22  what requires_python means                 TestCore22
//	24  breaking points                            TestCore24
//	26  what extension.yml must have               TestCore26
//
// Rows 4, 5, 11 to 15, 17, 23 and 25 are the agent's: see package selector.

func TestCore01(t *testing.T) { runScripts(t, "testdata/core/01_*.txtar") }
func TestCore02(t *testing.T) { runScripts(t, "testdata/core/02_*.txtar") }
func TestCore03(t *testing.T) { runScripts(t, "testdata/core/03_*.txtar") }
func TestCore06(t *testing.T) { runScripts(t, "testdata/core/06_*.txtar") }
func TestCore07(t *testing.T) { runScripts(t, "testdata/core/07_*.txtar") }
func TestCore08(t *testing.T) { runScripts(t, "testdata/core/08_*.txtar") }
func TestCore09(t *testing.T) { runScripts(t, "testdata/core/09_*.txtar") }
func TestCore10(t *testing.T) { runScripts(t, "testdata/core/10_*.txtar") }
func TestCore16(t *testing.T) { runScripts(t, "testdata/core/16_*.txtar") }
func TestCore18(t *testing.T) { runScripts(t, "testdata/core/18_*.txtar") }
func TestCore19(t *testing.T) { runScripts(t, "testdata/core/19_*.txtar") }
func TestCore20(t *testing.T) { runScripts(t, "testdata/core/20_*.txtar") }
func TestCore22(t *testing.T) { runScripts(t, "testdata/core/22_*.txtar") }
func TestCore24(t *testing.T) { runScripts(t, "testdata/core/24_*.txtar") }
func TestCore26(t *testing.T) { runScripts(t, "testdata/core/26_*.txtar") }
