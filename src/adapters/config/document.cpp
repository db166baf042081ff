#include "adapters/config/document.h"

#include <algorithm>
#include <sstream>
#include <unordered_map>

#include <fmt/format.h>
#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace allclear::config {
namespace {

constexpr std::size_t deepest = 32;
constexpr std::uint64_t most_nodes = 4'000'000;
constexpr std::size_t first_piece = 4'096;  // bytes; each further piece of the arena is larger

Place to_place(const YAML::Mark& mark) { return {std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1}; }

// The parser gives what is empty the place of whatever comes next: a value has that of its key, an item that of its dash,
// which is the last thing before.
Place place_of_item(std::string_view text, Place next) {
  std::size_t start = 0;  // of the line that is looked at
  for (int line = 1; line < next.line && start < text.size(); ++line)
    start = std::min(text.find('\n', start), text.size() - 1) + 1;
  std::size_t at = std::min(start + static_cast<std::size_t>(next.column) - 1, text.size());
  if (text.find_first_not_of("- ", at) == std::string_view::npos) at = text.size();  // a last line without an end
  constexpr std::string_view written = "~nN";                                        // ~ or null: its place is right
  if (at < text.size() && written.find(text[at]) != std::string_view::npos) return next;
  for (std::size_t end = at;; start = end == 0 ? 0 : text.rfind('\n', end - 1) + 1) {
    std::string_view line = text.substr(start, end - start);
    line = line.substr(0, line.find('#'));
    if (const std::size_t dash = line.rfind('-'); dash != std::string_view::npos) {
      const auto number = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(start), '\n');
      return {static_cast<int>(number) + 1, static_cast<int>(dash) + 1};
    }
    if (start == 0) return next;
    end = text[start - 1] == '\n' ? start - 1 : start;  // the last line may have no end
  }
}

// Builds the tree from the parser's events. After a bound is passed it ignores the rest, so nothing is thrown
// through the parser; aliases share their anchor's node and are paid for in weight and height.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, const Environment& environment, Diagnostics& diagnostics,
              std::vector<std::string>& environment_values)
      : text_(text), environment_(environment), diagnostics_(diagnostics), environment_values_(environment_values) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node* node = make(mark, Node::Kind::null);
    if (node == nullptr) return;
    if (expects_value()) node->place = children_.back()->place;
    if (expects_item()) node->place = place_of_item(text_, node->place);
    finish(node, anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node* node = make(mark, Node::Kind::scalar);
    if (node == nullptr) return;
    node->quoted = tag != "?";
    if (!expects_key() && value.find('$') != std::string::npos) {
      substitute_in(*node, value);
    } else {
      node->text = kept(value);
    }
    finish(node, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (stopped_) return;
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) return stop(to_place(mark), "an alias inside its own anchor");
    attach(found->second, to_place(mark));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, Node::Kind::list, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, Node::Kind::map, anchor);
  }
  void OnMapEnd() override { close(); }

  bool stopped() const { return stopped_; }
  void stop(Place place, std::string message) {
    if (!stopped_) diagnostics_.error(place, message);
    stopped_ = true;
  }
  Document take() {
    if (document_.root == nullptr) document_.root = allocate();
    return std::move(document_);
  }

 private:
  struct Open {
    Node* node;
    YAML::anchor_t anchor;
    std::size_t first_child;  // in children_
  };

  bool expects_key() const {
    return !open_.empty() && open_.back().node->is_map() && (children_.size() - open_.back().first_child) % 2 == 0;
  }

  bool expects_value() const { return !open_.empty() && open_.back().node->is_map() && !expects_key(); }
  bool expects_item() const { return !open_.empty() && open_.back().node->is_list(); }

  Node* allocate() { return std::pmr::polymorphic_allocator<>(document_.arena.get()).new_object<Node>(); }

  Node* make(const YAML::Mark& mark, Node::Kind kind) {
    if (stopped_) return nullptr;
    Node* node = allocate();
    node->kind = kind;
    node->place = to_place(mark);
    return node;
  }

  template <class T>
  std::span<const T> kept(std::span<const T> values) {
    if (values.empty()) return {};
    T* copy = std::pmr::polymorphic_allocator<T>(document_.arena.get()).allocate(values.size());
    std::uninitialized_copy(values.begin(), values.end(), copy);
    return {copy, values.size()};
  }
  std::string_view kept(std::string_view text) {
    const auto copy = kept(std::span<const char>(text));
    return {copy.data(), copy.size()};
  }

  void substitute_in(Node& node, std::string_view text) {
    auto substituted = substitute(text, environment_);
    if (!substituted) return diagnostics_.no_value(node.place, substituted.error().message);
    node.text = kept(substituted->text);
    node.from_environment = !substituted->values.empty();
    std::move(substituted->values.begin(), substituted->values.end(), std::back_inserter(environment_values_));
  }

  void open(const YAML::Mark& mark, Node::Kind kind, YAML::anchor_t anchor) {
    Node* node = make(mark, kind);
    if (node == nullptr) return;
    if (open_.size() >= deepest) return stop(node->place, fmt::format("nested deeper than {} levels", deepest));
    if (expects_key()) return stop(node->place, "a key must be plain text");
    open_.push_back({node, anchor, children_.size()});
  }

  void close() {
    if (stopped_) return;
    const Open closed = open_.back();
    open_.pop_back();
    closed.node->children = kept(std::span<const Node* const>(children_).subspan(closed.first_child));
    children_.resize(closed.first_child);
    if (closed.node->is_map()) report_duplicates(*closed.node);
    finish(closed.node, closed.anchor);
  }

  void finish(Node* node, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = node;
    attach(node, node->place);
  }

  void attach(const Node* node, Place place) {
    if (open_.empty()) {
      document_.root = node;
      return;
    }
    Node& parent = *open_.back().node;
    // An alias may stand for a value: messages show keys, so one from the environment is none.
    if (expects_key() && (!node->is_scalar() || node->from_environment)) return stop(place, "a key must be plain text");
    children_.push_back(node);
    parent.weight += node->weight;
    parent.height = std::max(parent.height, static_cast<std::uint8_t>(node->height + 1));
    if (open_.size() + node->height > deepest + 1) stop(place, fmt::format("nested deeper than {} levels", deepest));
    if (parent.weight > most_nodes)
      stop(place, fmt::format("more than {} values, aliases counted as often as they are used", most_nodes));
  }

  void report_duplicates(const Node& map) {
    keys_.clear();
    for (std::size_t i = 0; i < map.children.size(); i += 2) keys_.push_back(map.children[i]);
    std::stable_sort(keys_.begin(), keys_.end(), [](const Node* a, const Node* b) { return a->text < b->text; });
    for (std::size_t i = 1, first = 0; i < keys_.size(); ++i) {
      if (keys_[i]->text != keys_[first]->text) {
        first = i;
      } else {
        diagnostics_.error(keys_[i]->place, fmt::format("duplicate key {} (first on line {})", shown(keys_[i]->text),
                                                        keys_[first]->place.line));
      }
    }
  }

  const std::string_view text_;
  const Environment& environment_;
  Diagnostics& diagnostics_;
  std::vector<std::string>& environment_values_;
  Document document_{std::make_unique<std::pmr::monotonic_buffer_resource>(first_piece), nullptr};
  std::vector<Open> open_;
  std::vector<const Node*> children_;  // of all that is open, the innermost last
  std::unordered_map<YAML::anchor_t, const Node*> anchors_;
  std::vector<const Node*> keys_;  // reused
  bool stopped_ = false;
};

Place place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n');
  return {static_cast<int>(line) + 1,
          static_cast<int>(start == std::string_view::npos ? offset : offset - start - 1) + 1};
}

// The parser tells what it was looking for; a person looks for what is written wrongly.
std::string explain_broken_yaml(std::string_view text, const YAML::Exception& problem) {
  std::string_view line = text;
  for (int i = 0; i < problem.mark.line && line.find('\n') != std::string_view::npos; ++i)
    line.remove_prefix(line.find('\n') + 1);
  line = line.substr(0, line.find('\n'));
  const std::size_t indentation = std::min(line.find_first_not_of(" \t"), line.size());
  if (line.substr(0, indentation).find('\t') != std::string_view::npos)
    return "not valid YAML: this line is indented with a tab; YAML takes spaces only";
  return "not valid YAML: " + problem.msg + " (look at the indentation, quotes and brackets up to here)";
}

bool readable(std::string_view text, Diagnostics& diagnostics) {
  if (text.size() > largest_file) {
    diagnostics.error({}, fmt::format("the file is larger than {} MiB", largest_file / (1024 * 1024)));
    return false;
  }
  if (const auto wrong = find_invalid_utf8(text)) {
    diagnostics.error(place_of(text, *wrong), "not valid UTF-8");
    return false;
  }
  if (const std::size_t null = text.find('\0'); null != std::string_view::npos) {
    diagnostics.error(place_of(text, null), "a NUL byte: this is no text file");
    return false;
  }
  return true;
}

}  // namespace

std::optional<Document> parse_document(std::string_view text, const Environment& environment, Diagnostics& diagnostics,
                                       std::vector<std::string>& environment_values) {
  if (!readable(text, diagnostics)) return std::nullopt;
  TreeBuilder builder(text, environment, diagnostics, environment_values);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder)) {
      Diagnostics unused("");
      TreeBuilder second(text, environment, unused, environment_values);
      if (parser.HandleNextDocument(second))
        builder.stop(second.take().root->place, "a second YAML document: the config is one");
    }
  } catch (const YAML::Exception& problem) {
    builder.stop(to_place(problem.mark), explain_broken_yaml(text, problem));
  }
  if (builder.stopped()) return std::nullopt;
  return builder.take();
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return "nothing";
    case Node::Kind::list: return "a list";
    case Node::Kind::map: return "a map";
    case Node::Kind::scalar: return node.from_environment ? "a value from the environment" : shown(node.text);
  }
  return "nothing";
}

}  // namespace allclear::config
