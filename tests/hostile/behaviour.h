// Behaviour: something a target does that it should not, and how the check must end. Shared by the hostile suite.
#pragma once

#include <optional>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "core/model/observation.h"
#include "tests/support/probe_runner.h"
#include "tests/support/scripted_server.h"

namespace allclear::test {

struct Behaviour {
  std::string name;
  ScriptedServer::Script script;
  std::optional<Reason> reason;  // of the observation's error; absent: facts are enough to judge
  Phase phase = Phase::first_byte;
};

inline std::string behaviour_name(const testing::TestParamInfo<Behaviour>& tested) { return tested.param.name; }
inline void PrintTo(const Behaviour& behaviour, std::ostream* out) { *out << behaviour.name; }

// Long enough for any loopback exchange, short enough to wait for.
inline constexpr milliseconds hostile_timeout{500};

// Runs the target against the behaviour. Checks what holds for every one of them: the reason and phase, an end by
// the deadline, clean detail text, bounded memory, no descriptor left open.
Observation observe_hostile(const Behaviour& behaviour, const Target& target);

}  // namespace allclear::test
