package org.stjem.acoustic.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.stjem.acoustic.net.ModelFolder;

/** By which a change of files shows, without reading them: which they are, sizes and times. */
record FileStamp(List<String> files) {

  /** Of a model folder's files. */
  static FileStamp ofModel(Path folder) {
    return of(ModelFolder.files(folder));
  }

  static FileStamp of(List<Path> paths) {
    List<String> files = new ArrayList<>();
    for (Path path : paths) {
      try {
        BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
        files.add(file.size() + " " + file.lastModifiedTime() + " " + file.fileKey());
      } catch (IOException e) {
        files.add("none");
      }
    }
    return new FileStamp(files);
  }
}
