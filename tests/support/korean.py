"""The ten digits' names in Korean."""

KOREAN = ["영", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"]
