#include "tests/contract/power_loss_vfs.h"

#include <algorithm>
#include <cstring>
#include <fstream>

#include <sqlite3.h>

namespace allclear::contract {

enum class OperationKind { write, truncate, sync };

struct FileOperation {
  OperationKind kind = OperationKind::write;
  std::string file;  // name without folder
  std::size_t at = 0;
  std::string bytes;
};

struct PowerLossVfs::Trace {
  std::vector<FileOperation> operations;
};

namespace {

// The real file lies behind this one in the same allocation.
struct TracedFile {
  sqlite3_file base;
  PowerLossVfs::Trace* trace;
  std::string* name;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

TracedFile& traced(sqlite3_file* file) { return *reinterpret_cast<TracedFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return traced(file).real(); }
const sqlite3_io_methods* methods(sqlite3_file* file) { return real(file)->pMethods; }

void record(sqlite3_file* file, OperationKind kind, std::size_t at, std::string bytes) {
  traced(file).trace->operations.push_back({kind, *traced(file).name, at, std::move(bytes)});
}

int close_file(sqlite3_file* file) {
  const int code = methods(file)->xClose(real(file));
  delete traced(file).name;
  return code;
}
int read_file(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
  return methods(file)->xRead(real(file), into, size, at);
}
int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  const std::string copy(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
  record(file, OperationKind::write, static_cast<std::size_t>(at), copy);
  return methods(file)->xWrite(real(file), bytes, size, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  record(file, OperationKind::truncate, static_cast<std::size_t>(size), {});
  return methods(file)->xTruncate(real(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
  const int code = methods(file)->xSync(real(file), flags);
  record(file, OperationKind::sync, 0, {});
  return code;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) { return methods(file)->xFileSize(real(file), size); }
int lock(sqlite3_file* file, int level) { return methods(file)->xLock(real(file), level); }
int unlock(sqlite3_file* file, int level) { return methods(file)->xUnlock(real(file), level); }
int check_lock(sqlite3_file* file, int* out) { return methods(file)->xCheckReservedLock(real(file), out); }
int control(sqlite3_file* file, int what, void* value) { return methods(file)->xFileControl(real(file), what, value); }
int sector_size(sqlite3_file*) { return 512; }
int characteristics(sqlite3_file*) { return 0; }  // no promise of atomic or ordered writes
int map_memory(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  return methods(file)->xShmMap(real(file), region, size, extend, out);
}
int lock_memory(sqlite3_file* file, int offset, int count, int flags) {
  return methods(file)->xShmLock(real(file), offset, count, flags);
}
void memory_barrier(sqlite3_file* file) { methods(file)->xShmBarrier(real(file)); }
int unmap_memory(sqlite3_file* file, int remove) { return methods(file)->xShmUnmap(real(file), remove); }

const sqlite3_io_methods traced_methods{
    2,           close_file,     read_file,    write_file, truncate_file, sync_file,       file_size,
    lock,        unlock,         check_lock,   control,    sector_size,   characteristics, map_memory,
    lock_memory, memory_barrier, unmap_memory, nullptr,    nullptr};

struct VfsFacts {
  sqlite3_vfs* below = nullptr;
  PowerLossVfs::Trace* trace = nullptr;
};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  const auto& facts = *static_cast<VfsFacts*>(vfs->pAppData);
  TracedFile& opened = traced(file);
  opened.base.pMethods = nullptr;
  const int code = facts.below->xOpen(facts.below, path, opened.real(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  opened.trace = facts.trace;
  opened.name = new std::string(path == nullptr ? "temporary" : std::filesystem::path(path).filename().string());
  opened.base.pMethods = &traced_methods;
  return SQLITE_OK;
}

// What a cut leaves of a write that was not synced: all, nothing, or its first sectors.
std::size_t surviving(std::size_t size, std::mt19937& random) {
  switch (std::uniform_int_distribution(0, 2)(random)) {
    case 0: return size;
    case 1: return 0;
    default: return std::uniform_int_distribution<std::size_t>(0, size / 512)(random) * 512;
  }
}

void carry_out(const FileOperation& operation, std::size_t size, std::string& content) {
  if (operation.kind == OperationKind::truncate) content.resize(operation.at);
  if (operation.kind != OperationKind::write || size == 0) return;
  if (content.size() < operation.at + size) content.resize(operation.at + size);
  content.replace(operation.at, size, operation.bytes, 0, size);
}

}  // namespace

struct PowerLossVfs::Registration {
  VfsFacts facts;
  sqlite3_vfs vfs{};
};

PowerLossVfs::PowerLossVfs() : trace_(std::make_unique<Trace>()), registration_(std::make_unique<Registration>()) {
  sqlite3_vfs* below = sqlite3_vfs_find(nullptr);
  registration_->facts = {below, trace_.get()};
  registration_->vfs = *below;
  registration_->vfs.zName = "power-loss";
  registration_->vfs.pNext = nullptr;
  registration_->vfs.szOsFile = static_cast<int>(sizeof(TracedFile)) + below->szOsFile;
  registration_->vfs.pAppData = &registration_->facts;
  registration_->vfs.xOpen = open_file;
  // The other calls work on paths; the one below reads its own settings from its own record.
  registration_->vfs.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync) {
    sqlite3_vfs* real_vfs = static_cast<VfsFacts*>(vfs->pAppData)->below;
    return real_vfs->xDelete(real_vfs, path, sync);
  };
  registration_->vfs.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* out) {
    sqlite3_vfs* real_vfs = static_cast<VfsFacts*>(vfs->pAppData)->below;
    return real_vfs->xAccess(real_vfs, path, flags, out);
  };
  registration_->vfs.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int size, char* out) {
    sqlite3_vfs* real_vfs = static_cast<VfsFacts*>(vfs->pAppData)->below;
    return real_vfs->xFullPathname(real_vfs, path, size, out);
  };
  sqlite3_vfs_register(&registration_->vfs, 1);
}

PowerLossVfs::~PowerLossVfs() { stop(); }

void PowerLossVfs::stop() {
  if (registration_) sqlite3_vfs_unregister(&registration_->vfs);
  registration_.reset();
}

std::size_t PowerLossVfs::operations() const { return trace_->operations.size(); }

void PowerLossVfs::write_image(std::size_t count, std::mt19937& random, const std::filesystem::path& folder) const {
  std::map<std::string, std::size_t> synced;
  for (std::size_t i = 0; i < count; ++i) {
    if (trace_->operations[i].kind == OperationKind::sync) synced[trace_->operations[i].file] = i;
  }
  std::map<std::string, std::string> contents;
  for (std::size_t i = 0; i < count; ++i) {
    const FileOperation& operation = trace_->operations[i];
    const auto last_sync = synced.find(operation.file);
    const bool durable = last_sync != synced.end() && i < last_sync->second;
    const std::size_t size = operation.bytes.size();
    if (operation.kind == OperationKind::truncate && !durable && random() % 2 == 0) continue;
    carry_out(operation, durable ? size : surviving(size, random), contents[operation.file]);
  }
  for (const auto& [name, content] : contents) {
    if (!name.ends_with(".db") && !name.ends_with("-wal")) continue;
    std::ofstream(folder / name, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
  }
}

}  // namespace allclear::contract
