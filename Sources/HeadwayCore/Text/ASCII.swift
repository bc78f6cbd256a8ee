extension UInt8 {
  package var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
  package var isDigit: Bool { (0x30...0x39).contains(self) }
  package var isLetterOrDigit: Bool { isLetter || isDigit }
  package var isHexDigit: Bool {
    isDigit || (0x41...0x46).contains(self) || (0x61...0x66).contains(self)
  }
}
