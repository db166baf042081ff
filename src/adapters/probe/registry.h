// ProbeRegistry: the probe of every kind of target, behind the one port. One per event loop, used on that loop only.
#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "adapters/probe/options.h"
#include "core/ports/clock.h"
#include "core/ports/probe.h"

namespace allclear::probe {

class ProbeRegistry final : public Probe {
 public:
  ProbeRegistry(boost::asio::io_context& loop, const Clock& clock, ProbeOptions options);
  ~ProbeRegistry() override;

  // `check` (and its target) outlives the task.
  Task<Observation> observe(const Check& check, MonotonicTime deadline) override;
  Task<Evidence> gather(const Check& check, MonotonicTime deadline) override;

 private:
  struct Probes;

  Task<Observation> dispatch(const Target& target, MonotonicTime deadline);

  const Clock& clock_;
  std::unique_ptr<Probes> probes_;
};

// `clock` outlives the probe.
std::unique_ptr<Probe> make_probe(boost::asio::io_context& loop, const Clock& clock, ProbeOptions options);

}  // namespace allclear::probe
