#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// Writes the three files into a folder. Gives NULL, or what went wrong, to be freed.
char* randomnet_write(const char* folder, const char* embedder_name, const char* landmarks_name, const char* detector_name);

#ifdef __cplusplus
}
#endif
