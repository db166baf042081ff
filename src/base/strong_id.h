// StrongId: text identities that cannot be mixed up. Value type; any thread. Copies share one text, since an identity
// is held in many places and never changes: an id is a pointer wide.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

namespace allclear {

// An immutable text that its copies share.
class SharedText {
 public:
  SharedText() = default;  // empty
  // Implicit: a text may stand where a shared one is wanted.
  SharedText(std::string text) {  // NOLINT(google-explicit-constructor)
    if (!text.empty()) node_.reset(new Node(std::move(text)));
  }
  SharedText(const char* text) : SharedText(std::string(text)) {}  // NOLINT(google-explicit-constructor)

  const std::string& value() const {
    static const std::string nothing;
    return node_ ? node_->text : nothing;
  }

  operator const std::string&() const { return value(); }  // NOLINT(google-explicit-constructor)
  operator std::string_view() const { return value(); }    // NOLINT(google-explicit-constructor)
  bool empty() const { return value().empty(); }

  friend bool operator==(const SharedText& a, const SharedText& b) {
    return a.node_ == b.node_ || a.value() == b.value();
  }
  friend std::strong_ordering operator<=>(const SharedText& a, const SharedText& b) {
    return a.node_ == b.node_ ? std::strong_ordering::equal : a.value() <=> b.value();
  }

 private:
  struct Node : boost::intrusive_ref_counter<Node, boost::thread_safe_counter> {
    explicit Node(std::string value) : text(std::move(value)) {}
    const std::string text;
  };

  boost::intrusive_ptr<const Node> node_;
};

template <class Tag>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(SharedText text) : text_(std::move(text)) {}
  explicit StrongId(std::string value) : text_(std::move(value)) {}
  explicit StrongId(std::string_view value) : text_(std::string(value)) {}
  explicit StrongId(const char* value) : text_(std::string(value)) {}

  const std::string& value() const { return text_.value(); }
  // For an identity of another kind with the same text.
  const SharedText& text() const { return text_; }
  bool empty() const { return value().empty(); }

  friend bool operator==(const StrongId&, const StrongId&) = default;
  friend auto operator<=>(const StrongId&, const StrongId&) = default;

 private:
  SharedText text_;
};

}  // namespace allclear

template <class Tag>
struct std::hash<allclear::StrongId<Tag>> {
  std::size_t operator()(const allclear::StrongId<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value());
  }
};
