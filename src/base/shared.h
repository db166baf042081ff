// Shared: a value that is mostly the usual one. Copies share it; the usual one (T{}) needs no storage at all. Reading
// is safe from any thread; edit() is for whoever builds the value, before it is handed out. A pointer wide.
#pragma once

#include <utility>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

namespace allclear {

template <class T>
class Shared {
 public:
  Shared() = default;
  // Implicit: a value may stand where a shared one is wanted.
  Shared(T value) {  // NOLINT(google-explicit-constructor)
    if (!(value == usual())) own_.reset(new Node(std::move(value)));
  }

  const T& operator*() const { return own_ ? own_->value : usual(); }
  const T* operator->() const { return &**this; }

  // To change it; copies made before keep what they had.
  T& edit() {
    if (!own_ || own_->use_count() > 1) own_.reset(new Node(**this));
    return own_->value;
  }

  friend bool operator==(const Shared& a, const Shared& b) { return a.own_ == b.own_ || *a == *b; }

 private:
  struct Node : boost::intrusive_ref_counter<Node, boost::thread_safe_counter> {
    explicit Node(T shared) : value(std::move(shared)) {}
    T value;
  };

  static const T& usual() {
    static const T value;
    return value;
  }

  boost::intrusive_ptr<Node> own_;  // null: the usual one
};

}  // namespace allclear
