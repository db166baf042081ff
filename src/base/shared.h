// Values that copies share until one is edited. A pointer wide. Any thread may read, copy and drop copies; edit() is for
// the one thread from whose own copy the others come.
#pragma once

#include <utility>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

namespace allclear {

template <class T>
class CopyOnWrite {
 public:
  CopyOnWrite() = default;  // holds nothing: not to be read
  explicit CopyOnWrite(T value) : node_(new Node(std::move(value))) {}

  explicit operator bool() const { return node_ != nullptr; }
  const T& operator*() const { return node_->value; }
  const T* operator->() const { return &node_->value; }

  // Copies made before keep what they had. The count is read with acquire, so a reader that let go has done so.
  T& edit() {
    if (node_->use_count() > 1) node_.reset(new Node(node_->value));
    return node_->value;
  }

  // Whether both are the same copy: their values are equal without a look.
  bool same(const CopyOnWrite& other) const { return node_ == other.node_; }

 private:
  struct Node : boost::intrusive_ref_counter<Node, boost::thread_safe_counter> {
    explicit Node(T shared) : value(std::move(shared)) {}
    T value;
  };

  boost::intrusive_ptr<Node> node_;
};

// A value that is mostly the usual one, T{}, which needs no storage at all.
template <class T>
class Shared {
 public:
  Shared() = default;
  // Implicit: a value may stand where a shared one is wanted.
  Shared(T value) {  // NOLINT(google-explicit-constructor)
    if (!(value == usual())) own_ = CopyOnWrite<T>(std::move(value));
  }

  const T& operator*() const { return own_ ? *own_ : usual(); }
  const T* operator->() const { return &**this; }

  T& edit() {
    if (!own_) own_ = CopyOnWrite<T>(usual());
    return own_.edit();
  }

  friend bool operator==(const Shared& a, const Shared& b) { return a.own_.same(b.own_) || *a == *b; }

 private:
  static const T& usual() {
    static const T value;
    return value;
  }

  CopyOnWrite<T> own_;
};

}  // namespace allclear
