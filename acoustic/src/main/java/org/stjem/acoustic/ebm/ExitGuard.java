package org.stjem.acoustic.ebm;

import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Keeps the program from ending within a computation of tensors. At SIGTERM the virtual machine
 * calls the destructors of the tensor library while other threads may still compute with it, which
 * crashes (SIGSEGV); it waits for them, but for 0.3 s only. Whoever computes holds a guard
 * meanwhile: the end waits until no guard is left, and a thread that would compute from then on
 * waits for the end.
 *
 * <p>A server holds none while it computes logits: it answers its streams before it ends.
 */
public final class ExitGuard implements AutoCloseable {
  private static final ReentrantReadWriteLock LOCK = new ReentrantReadWriteLock();
  private static volatile boolean ending;

  static {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(ExitGuard::shut, "exit-guard"));
    } catch (IllegalStateException e) {
      // It ends already.
      ending = true;
    }
  }

  private ExitGuard() {}

  private static void shut() {
    ending = true;
    // Never given back.
    LOCK.writeLock().lock();
  }

  /**
   * Begins a computation; guards of one thread may be nested. Does not return if none may begin.
   */
  public static ExitGuard hold() {
    LOCK.readLock().lock();
    return new ExitGuard();
  }

  /** Whether the program was told to end, so that whoever holds a guard should come to an end. */
  public static boolean isEnding() {
    return ending;
  }

  /** Ends a computation; does not return if the program ends, since more may only do harm. */
  @Override
  public void close() {
    LOCK.readLock().unlock();
    if (ending && LOCK.getReadHoldCount() == 0) {
      LOCK.readLock().lock();
    }
  }
}
