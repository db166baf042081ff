// Shared: a value that is mostly the usual one. Copies share it; the usual one (T{}) needs no storage at all. Reading
// is safe from any thread; edit() is for whoever builds the value, before it is handed out.
#pragma once

#include <memory>
#include <utility>

namespace allclear {

template <class T>
class Shared {
 public:
  Shared() = default;
  // Implicit: a value may stand where a shared one is wanted.
  Shared(T value) {  // NOLINT(google-explicit-constructor)
    if (!(value == usual())) own_ = std::make_shared<T>(std::move(value));
  }

  const T& operator*() const { return own_ ? *own_ : usual(); }
  const T* operator->() const { return &**this; }

  // To change it; copies made before keep what they had.
  T& edit() {
    if (!own_ || own_.use_count() > 1) own_ = std::make_shared<T>(**this);
    return *own_;
  }

  friend bool operator==(const Shared& a, const Shared& b) { return a.own_ == b.own_ || *a == *b; }

 private:
  static const T& usual() {
    static const T value;
    return value;
  }

  std::shared_ptr<T> own_;  // null: the usual one
};

}  // namespace allclear
