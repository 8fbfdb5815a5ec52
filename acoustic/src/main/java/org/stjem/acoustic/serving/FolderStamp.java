package org.stjem.acoustic.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.stjem.acoustic.net.ModelFolder;

/** By which a change of a model folder's files shows, without reading them: sizes and times. */
record FolderStamp(List<String> files) {

  static FolderStamp of(Path folder) {
    List<String> files = new ArrayList<>();
    for (Path file : ModelFolder.files(folder)) {
      try {
        files.add(Files.size(file) + " " + Files.getLastModifiedTime(file));
      } catch (IOException e) {
        files.add("none");
      }
    }
    return new FolderStamp(files);
  }
}
