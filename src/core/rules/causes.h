// causes: the parts of diagnose(), by the layer in which a check failed. Pure.
#pragma once

#include "core/rules/diagnose.h"

namespace allclear {

Diagnosis cause_of_name_failure(const FailureView& view);
Diagnosis cause_of_connect_failure(const FailureView& view);
Diagnosis cause_of_tls_failure(const FailureView& view, WallTime now);
Diagnosis cause_of_wrong_answer(const FailureView& view);
Diagnosis cause_of_slowness(const FailureView& view);

}  // namespace allclear
