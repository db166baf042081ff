# Faster builds where the tools are there, the same build where they are not.
# Included by the root before any target exists, so that every target gets it.

# Paths below the tree are hashed as relative ones, so that a second clone or worktree finds what the first
# compiled; but not in builds for a debugger or gcov, whose objects name their folder. The sloppiness is what ccache
# asks for to take files that use a precompiled header.
find_program(ALLCLEAR_CCACHE ccache)
if(ALLCLEAR_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(allclear_ccache_share "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=true)
  if(CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT ALLCLEAR_SANITIZE)
    set(allclear_ccache_share "")
  endif()
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env ${allclear_ccache_share}
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime "${ALLCLEAR_CCACHE}")
elseif(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  message(STATUS "ccache not found: a rebuild compiles everything again (scripts/setup installs it)")
endif()

# A sanitizer's runtime is linked by the compiler's driver; mold is fine with all of them.
if(NOT CMAKE_EXE_LINKER_FLAGS MATCHES "-fuse-ld=")
  include(CheckLinkerFlag)
  find_program(ALLCLEAR_MOLD mold)
  if(ALLCLEAR_MOLD)
    check_linker_flag(CXX "-fuse-ld=mold" ALLCLEAR_LINKS_WITH_MOLD)
  endif()
  if(ALLCLEAR_MOLD AND ALLCLEAR_LINKS_WITH_MOLD)
    add_link_options(-fuse-ld=mold)
  else()
    message(STATUS "mold not found or not usable: linking with the default linker (slower)")
  endif()
endif()
