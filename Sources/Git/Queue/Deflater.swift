internal import CLibgit2

/// Compresses one byte string after another with the same working memory.
struct Deflater: ~Copyable {
  private let stream: UnsafeMutablePointer<z_stream>

  init() throws(GitError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = deflateInit_(stream, Z_BEST_SPEED, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      stream.deallocate()
      throw GitError(.writeObject, .code(status), "zlib cannot start")
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Appends the compressed form of `bytes` to `output`.
  borrowing func compress(_ bytes: [UInt8], to output: inout [UInt8]) throws(GitError) {
    deflateReset(stream)
    let bound = Int(deflateBound(stream, UInt(bytes.count)))
    var status = Z_OK
    let compressed = bytes.withUnsafeBufferPointer { input in
      [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = buffer.baseAddress
        stream.pointee.avail_out = UInt32(bound)
        status = deflate(stream, Z_FINISH)
        count = bound - Int(stream.pointee.avail_out)
      }
    }
    guard status == Z_STREAM_END else {
      throw GitError(.writeObject, .code(status), "zlib did not finish")
    }
    output += compressed
  }
}

/// The checksum that pack indexes keep of every packed object.
func packChecksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  bytes.withUnsafeBufferPointer {
    UInt32(truncatingIfNeeded: crc32(0, $0.baseAddress, UInt32($0.count)))
  }
}
