// Who computes on the card beside this process, as NVIDIA's management library (NVML) tells. It is a part of the driver: where
// NABLA_CUDA_LIBRARY names another driver, that one is asked. Found when it is first wanted, as the driver is (driver.h); where it is
// not there nothing is known, and nothing is wrong. Types and constants have the values of nvml.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nabla::cuda {

/** A process that has memory on the card. */
struct CardProcess {
  /** As the machine counts; a process inside of a container has another number there. */
  unsigned pid = 0;
  /** Nothing where the system does not tell. */
  std::optional<uint64_t> bytes;
  /** Its program; empty where the system does not tell. */
  std::string name;
};

/** The processes that compute on the card at an address of the bus ("0000:17:00.0"); nothing where that is not known. */
std::optional<std::vector<CardProcess>> processes_on(const std::string& bus);

}  // namespace nabla::cuda
