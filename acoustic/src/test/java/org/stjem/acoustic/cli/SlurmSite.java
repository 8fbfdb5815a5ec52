package org.stjem.acoustic.cli;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A Slurm of one controller and two nodes on the loopback interface, with all of its files in one
 * folder; it ends with {@link #close}. Each node has two CPUs.
 */
final class SlurmSite implements AutoCloseable {
  /** What must be on the PATH. */
  static final List<String> PROGRAMS =
      List.of("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue", "scancel", "flock");

  /** A job with a higher number than this is refused. */
  static final int LARGEST_ARRAY = 20;

  private final Path folder;
  private final List<Process> daemons = new ArrayList<>();

  private SlurmSite(Path folder) {
    this.folder = folder;
  }

  /** Programs that are not on the PATH. */
  static List<String> missingPrograms() {
    return PROGRAMS.stream()
        .filter(
            program ->
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                    .noneMatch(directory -> Files.isExecutable(Path.of(directory, program))))
        .toList();
  }

  /** Starts everything and waits until both nodes take jobs. */
  static SlurmSite start(Path folder) throws Exception {
    SlurmSite site = new SlurmSite(folder);
    try {
      site.startDaemons();
      return site;
    } catch (Exception | AssertionError e) {
      site.endDaemons();
      throw e;
    }
  }

  private void startDaemons() throws Exception {
    Path key = folder.resolve("munge.key");
    byte[] bytes = new byte[128];
    new Random().nextBytes(bytes);
    Files.write(key, bytes);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Files.createDirectory(folder.resolve("state"));
    Files.writeString(folder.resolve("slurm.conf"), configuration());
    Path socket = folder.resolve("munge.socket");
    daemon(
        "munged",
        "--foreground",
        "--force",
        "--num-threads=1",
        "--socket=" + socket,
        "--key-file=" + key,
        "--seed-file=" + folder.resolve("munge.seed"),
        "--log-file=" + folder.resolve("munged.log"),
        "--pid-file=" + folder.resolve("munged.pid"));
    Await.until("munged listens", () -> Files.exists(socket));
    daemon("slurmctld", "-D");
    daemon("slurmd", "-D", "-N", "node1");
    daemon("slurmd", "-D", "-N", "node2");
    Await.until(
        "both nodes are idle", () -> run("sinfo", "-h", "-N", "-o", "%T").equals("idle\nidle\n"));
  }

  private String configuration() throws IOException {
    return """
        ClusterName=trial
        SlurmctldHost=localhost(127.0.0.1)
        SlurmUser=USER
        SlurmdUser=USER
        AuthInfo=socket=FOLDER/munge.socket,cred_expire=5
        SlurmctldPort=%d
        SlurmctldPidFile=FOLDER/slurmctld.pid
        SlurmdPidFile=FOLDER/slurmd-%%n.pid
        SlurmdSpoolDir=FOLDER/spool-%%n
        StateSaveLocation=FOLDER/state
        ProctrackType=proctrack/linuxproc
        TaskPlugin=task/none
        JobAcctGatherType=jobacct_gather/none
        SelectType=select/cons_tres
        SelectTypeParameters=CR_CPU
        ReturnToService=2
        KillWait=2
        SlurmdTimeout=10
        MinJobAge=10
        MaxArraySize=%d
        NodeName=node1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=%d CPUs=2
        NodeName=node2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=%d CPUs=2
        PartitionName=shared Nodes=node[1-2] Default=YES
        """
        .formatted(freePort(), LARGEST_ARRAY + 1, freePort(), freePort())
        .replace("USER", System.getProperty("user.name"))
        .replace("FOLDER", folder.toString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process daemon(String... line) throws IOException {
    Process process =
        builder(line)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("daemons.log").toFile()))
            .redirectErrorStream(true)
            .start();
    daemons.add(process);
    return process;
  }

  /** A process that speaks to this Slurm. */
  ProcessBuilder builder(String... line) {
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("SLURM_CONF", folder.resolve("slurm.conf").toString());
    return builder;
  }

  /** Runs a program to its end, whatever that is, and returns what it printed. */
  String run(String... line) throws IOException, InterruptedException {
    Process process = builder(line).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return printed;
  }

  /** The id of the job that runs with number {@code part} of an array, or "". */
  String running(int part) throws IOException, InterruptedException {
    return run("squeue", "-h", "-r", "-t", "R", "-o", "%i %K")
        .lines()
        .filter(line -> line.endsWith(" " + part))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .findFirst()
        .orElse("");
  }

  @Override
  public void close() throws Exception {
    run("scancel", "--user=" + System.getProperty("user.name"));
    Await.until("no job is left", () -> !run("squeue", "-h").contains(" R "));
    endDaemons();
  }

  private void endDaemons() {
    for (int i = daemons.size() - 1; i >= 0; i--) {
      daemons.get(i).descendants().forEach(ProcessHandle::destroyForcibly);
      daemons.get(i).destroyForcibly().onExit().join();
    }
  }
}
